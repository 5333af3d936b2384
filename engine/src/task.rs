//! Work that ends once it has begun.

use std::panic::resume_unwind;

/// Runs work in a task of its own: it ends even when the client leaves and the handler that waits for it is dropped.
/// Inside it connectors may be used, which answer on the thread that asks, while the future returned here may move.
///
/// A panic of the work goes on where it is waited for. Nothing comes back only when the process is ending.
pub(crate) fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + 'static,
) -> impl Future<Output = Option<T>> + Send {
    let task = tokio::task::spawn_local(work);
    async {
        match task.await {
            Ok(done) => Some(done),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_cancelled) => None,
            },
        }
    }
}

//! The text of a syntax error, as the original words it.

use super::SyntaxError;
use super::grammar::DOCUMENT;
use super::tracing::{Failure, Frame, FrameKind, Trace, escape, failure};

/// Explains a text that is no document. `from` is a place before the error where a definition begins, `furthest` the
/// place where the parser stopped.
pub(super) fn explain(text: &str, from: usize, furthest: usize) -> SyntaxError {
    let units: Vec<u16> = text[from..].encode_utf16().collect();
    let Some(failure) = failure(&units, &DOCUMENT) else {
        let cause = match text[furthest..].chars().next() {
            Some(c) => format!("Invalid input '{}'", escape(c)),
            None => "Unexpected end of input".to_owned(),
        };
        return error_at(text, furthest, &cause);
    };
    let traces = without_common_rules(&failure.traces);
    let cause = format!("{}, expected {}", problem(&units, &failure, &traces), expected(&traces));
    let before = String::from_utf16_lossy(&units[..failure.reported]).len();
    error_at(text, from + before, &cause)
}

/// An error with its place.
pub(super) fn error_at(text: &str, at: usize, cause: &str) -> SyntaxError {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[..at].matches('\n').count() + 1;
    let column = text[line_start..at].encode_utf16().count() + 1;
    let source = text[line_start..].split('\n').next().unwrap_or_default();
    let caret = " ".repeat(column - 1);
    let message = format!(
        "Syntax error while parsing GraphQL query. {cause} (line {line}, column {column}):\n{source}\n{caret}^"
    );
    SyntaxError { message, line, column }
}

/// What stands there instead.
fn problem(units: &[u16], failure: &Failure, traces: &[Trace]) -> String {
    let from = failure.reported;
    if from >= units.len() {
        return "Unexpected end of input".to_owned();
    }
    // A thing that must not come next is shown in whole, or the atomic rule up to its end.
    let unwanted = traces.iter().filter_map(|trace| {
        let atomic = trace.frames.iter().find(|frame| frame.kind == FrameKind::Atomic);
        Some(trace.unwanted? + atomic.map_or(0, |frame| frame.offset))
    });
    let length = unwanted.fold((failure.principal - from + 1) as isize, isize::max) as usize;
    let shown = String::from_utf16_lossy(&units[from..units.len().min(from + length)]);
    let shown: String = shown.chars().map(escape).collect();
    if length == 1 { format!("Invalid input '{shown}'") } else { format!("Invalid input \"{shown}\"") }
}

/// The rules that would fit there: `A, B or C`.
fn expected(traces: &[Trace]) -> String {
    let mut names: Vec<String> = Vec::new();
    for trace in traces {
        let name = match trace.frames.first().map(|frame| &frame.kind) {
            None => trace.terminal.clone(),
            Some(FrameKind::Named(name)) => (*name).to_owned(),
            Some(FrameKind::RuleCall) => "call".to_owned(),
            Some(FrameKind::Atomic) => "atomic".to_owned(),
            Some(FrameKind::Text(text)) => format!("\"{text}\""),
            Some(FrameKind::Other(text)) => (*text).to_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // The original keeps them in a set: small ones stay in order, large ones are a hash trie, five bits a level.
    if names.len() > 4 {
        names.sort_by_key(|name| {
            let hash = scattered_hash(name);
            (0..32).step_by(5).map(|bit| (hash >> bit) & 31).collect::<Vec<_>>()
        });
    }
    match names.split_last() {
        None => "???".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// The hash of a string in Scala's sets.
fn scattered_hash(text: &str) -> u32 {
    let hash = text.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    let hash = hash.wrapping_add(!(hash << 9));
    let hash = hash ^ (hash >> 14);
    let hash = hash.wrapping_add(hash << 4);
    hash ^ (hash >> 10)
}

/// Traces begin at the first rule that they do not share, and of each only the part is kept that says what was expected.
fn without_common_rules(traces: &[Trace]) -> Vec<Trace> {
    let shared = if traces.len() > 1 { shared_length(traces) } else { 0 };
    traces
        .iter()
        .map(|trace| Trace { frames: reported_part(&trace.frames[shared..]).to_vec(), ..trace.clone() })
        .collect()
}

/// How many frames all traces share, without names that belong to what differs.
fn shared_length(traces: &[Trace]) -> usize {
    let mut named: Option<usize> = None;
    for (position, frame) in traces[0].frames.iter().enumerate() {
        if !traces[1..].iter().all(|trace| trace.frames.get(position) == Some(frame)) {
            return named.unwrap_or(position);
        }
        match frame.kind {
            FrameKind::Named(_) => named = named.or(Some(position)),
            FrameKind::RuleCall => {}
            FrameKind::Atomic => return named.unwrap_or(position),
            FrameKind::Text(_) | FrameKind::Other(_) => named = None,
        }
    }
    named.unwrap_or(traces[0].frames.len())
}

/// The frames from the outermost rule on that begins at the reported place, or from an atomic one on.
fn reported_part(frames: &[Frame]) -> &[Frame] {
    let mut named: Option<usize> = None;
    for (position, frame) in frames.iter().enumerate() {
        match frame.kind {
            FrameKind::Named(_) => named = named.or(Some(position)),
            FrameKind::RuleCall => {}
            FrameKind::Atomic => return &frames[named.unwrap_or(position + 1)..],
            FrameKind::Text(_) | FrameKind::Other(_) if frame.offset >= 0 && named.is_some() => break,
            FrameKind::Text(_) | FrameKind::Other(_) => named = None,
        }
    }
    &frames[named.unwrap_or(frames.len())..]
}

//! "Did you mean": names that are close to one that is not known.

/// Longest name that is compared.
const NAME_MAX: usize = 80;
/// Names told at once.
const TOLD_MAX: usize = 5;

/// Comparing is quadratic in the length of names, so a document gets a fixed amount of it.
pub(super) struct Suggestions {
    comparisons_left: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Suggestions { comparisons_left: 2_000 }
    }
}

impl Suggestions {
    /// Whether there is no comparing any more, so that known names need not be collected.
    pub fn is_spent(&self) -> bool {
        self.comparisons_left == 0
    }

    /// ` Did you mean 'a', 'b' or 'c'?`, or nothing.
    pub fn did_you_mean<N: AsRef<str>>(&mut self, name: &str, known: impl IntoIterator<Item = N>) -> String {
        let name: Vec<char> = name.chars().take(NAME_MAX + 1).collect();
        if name.len() > NAME_MAX {
            return String::new();
        }
        let mut close: Vec<(usize, N)> = Vec::new();
        for option in known {
            let letters: Vec<char> = option.as_ref().chars().take(NAME_MAX + 1).collect();
            let threshold = (name.len() / 2).max(letters.len() / 2).max(1);
            if letters.len().abs_diff(name.len()) > threshold || letters.len() > NAME_MAX {
                continue;
            }
            if self.comparisons_left == 0 {
                break;
            }
            self.comparisons_left -= 1;
            let distance = distance(&name, &letters);
            if distance <= threshold {
                close.push((distance, option));
            }
        }
        close.sort_by_key(|(distance, _)| *distance);
        let names: Vec<&str> = close.iter().map(|(_, name)| name.as_ref()).collect();
        did_you_mean("Did you mean", &names)
    }
}

/// ` ⟨text⟩ 'a', 'b' or 'c'?`, or nothing.
pub(super) fn did_you_mean(text: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(TOLD_MAX).map(|name| format!("'{name}'")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!(" {text} {only}?"),
        Some((last, others)) => format!(" {text} {} or {last}?", others.join(", ")),
    }
}

/// How many letters must be inserted, deleted, replaced, or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + cost);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

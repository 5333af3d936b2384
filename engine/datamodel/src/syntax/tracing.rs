//! Runs the grammar on a text that does not fit it, to find out where it fails and on which rules.
//!
//! The original does this in passes over the text (parboiled2's error analysis): how far any rule got, and where the last
//! atomic rule that failed began, which is the place to report; whether anything but quiet rules failed as far as any
//! rule got; and then the rules above every failure from the reported place on.

use super::grammar::{IGNORED, IGNORED_NO_COMMENT, NAME_CHAR, Op, Rule};

/// How many failures are looked at.
const TRACES_MAX: usize = 24;

/// Steps that all passes together may take, and how deep one may go; beyond, the error is told without rules.
const STEPS_MAX: usize = 3_000_000;
const DEPTH_MAX: usize = 1_200;

/// A rule or operation above a failure, and how far from the reported place it began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    pub(super) offset: isize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum FrameKind {
    Named(&'static str),
    RuleCall,
    Atomic,
    /// A string.
    Text(&'static str),
    /// Anything else, as messages show it.
    Other(&'static str),
}

/// One failure: frames from the outside to the inside, and the thing that did not fit.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) frames: Vec<Frame>,
    pub(super) terminal: String,
    /// Of a thing that must not come next, how long it is.
    pub(super) unwanted: Option<isize>,
}

/// Where and on what the text fails. Places are positions in the text.
pub(super) struct Failure {
    pub(super) reported: usize,
    pub(super) principal: usize,
    pub(super) traces: Vec<Trace>,
}

/// Finds the failure, unless that takes too long (or there is none).
pub(super) fn failure(text: &[u16], root: &Rule<'_>) -> Option<Failure> {
    let mut run = Run { text, at: 0, phase: Phase::Off, steps: 0, open: Vec::new(), traces: Vec::new() };
    run.pass(Phase::Places { furthest: 0, atomic: None, latest: None }, root).ok().filter(|matched| !matched)?;
    let Phase::Places { furthest: principal, latest, .. } = run.phase else { return None };
    let reported = latest.unwrap_or(principal);
    let report_quiet = match run.pass(Phase::Loud { from: principal, is_quiet: false }, root) {
        Ok(_) => true,
        Err(Halt::Enough) => false,
        Err(Halt::TooLong) => return None,
    };
    match run.pass(Phase::Collect { from: reported, is_muted: false, report_quiet }, root) {
        Ok(_) | Err(Halt::Enough) => Some(Failure { reported, principal, traces: run.traces }),
        Err(Halt::TooLong) => None,
    }
}

/// Whether the grammar accepts the text.
#[cfg(test)]
pub(super) fn fits(text: &[u16], root: &Rule<'_>) -> bool {
    let mut run = Run { text, at: 0, phase: Phase::Off, steps: 0, open: Vec::new(), traces: Vec::new() };
    run.pass(Phase::Off, root).unwrap_or_default()
}

#[derive(Clone, Copy)]
enum Phase {
    /// Inside a negation nothing is noted.
    Off,
    Places {
        furthest: usize,
        atomic: Option<usize>,
        latest: Option<usize>,
    },
    Loud {
        from: usize,
        is_quiet: bool,
    },
    Collect {
        from: usize,
        is_muted: bool,
        report_quiet: bool,
    },
}

/// Why a pass ended before its end.
enum Halt {
    /// All is known that the pass is for.
    Enough,
    TooLong,
}

type Matched = Result<bool, Halt>;

struct Run<'a> {
    text: &'a [u16],
    at: usize,
    phase: Phase,
    steps: usize,
    /// What is being matched, from the outside to the inside, and where each began.
    open: Vec<(FrameKind, usize)>,
    traces: Vec<Trace>,
}

impl Run<'_> {
    fn pass(&mut self, phase: Phase, root: &Rule<'_>) -> Matched {
        self.at = 0;
        self.open.clear();
        self.phase = phase;
        self.call(root)
    }

    fn call(&mut self, rule: &Rule<'_>) -> Matched {
        self.inside(FrameKind::Named(rule.name), |run| run.inside(FrameKind::RuleCall, |run| run.op(&rule.body)))
    }

    fn inside(&mut self, kind: FrameKind, matched: impl FnOnce(&mut Self) -> Matched) -> Matched {
        self.open.push((kind, self.at));
        let matched = matched(self)?;
        self.open.pop();
        Ok(matched)
    }

    fn op(&mut self, op: &Op<'_>) -> Matched {
        self.steps += 1;
        if self.steps > STEPS_MAX || self.open.len() > DEPTH_MAX {
            return Err(Halt::TooLong);
        }
        match op {
            Op::Any => self.terminal(|_| true, || "ANY".to_owned()),
            Op::End if self.at == self.text.len() => Ok(true),
            Op::End => self.mismatch(|| "'EOI'".to_owned(), None),
            Op::Char(wanted) => self.terminal(|c| c == *wanted, || format!("'{}'", escape(*wanted))),
            Op::Class(name, contains) => {
                self.inside(FrameKind::Named(name), |run| run.terminal(contains, || "<CharPredicate>".to_owned()))
            }
            Op::Str(text) => self.inside(FrameKind::Text(text), |run| run.string(text)),
            Op::Not(inner) => self.not(inner),
            Op::Call(rule) => self.call(rule),
            Op::Keyword(word) => self.keyword(word),
            Op::Spaced(c) => self.spaced("ws", *c, &IGNORED),
            Op::SpacedBefore(c) => self.spaced("wsNoComment", *c, &IGNORED_NO_COMMENT),
            Op::Sequence(parts) => self.inside(FrameKind::Other("~"), |run| run.sequence(parts)),
            Op::FirstOf(choices) => self.inside(FrameKind::Other("|"), |run| run.first_of(choices)),
            Op::Optional(inner) => self.inside(FrameKind::Other("?"), |run| run.repeat(inner, None, 0, 1)),
            Op::ZeroOrMore(inner) => self.inside(FrameKind::Other("*"), |run| run.repeat(inner, None, 0, usize::MAX)),
            Op::OneOrMore(inner) => self.inside(FrameKind::Other("+"), |run| run.repeat(inner, None, 1, usize::MAX)),
            Op::Separated(inner, between) => {
                self.inside(FrameKind::Other("+"), |run| run.repeat(inner, Some(between), 1, usize::MAX))
            }
            Op::FourTimes(inner) => self.inside(FrameKind::Other("times"), |run| run.repeat(inner, None, 4, 4)),
            Op::Capture(inner) => self.inside(FrameKind::Other("capture"), |run| run.op(inner)),
            Op::Quiet(inner) => self.inside(FrameKind::Other("quiet"), |run| run.quiet(inner)),
            Op::Atomic(inner) => self.inside(FrameKind::Atomic, |run| run.atomic(inner)),
        }
    }

    fn sequence(&mut self, parts: &[Op<'_>]) -> Matched {
        for part in parts {
            if !self.op(part)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn first_of(&mut self, choices: &[Op<'_>]) -> Matched {
        let start = self.at;
        for choice in choices {
            self.at = start;
            if self.op(choice)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn repeat(&mut self, inner: &Op<'_>, between: Option<&Op<'_>>, min: usize, max: usize) -> Matched {
        let mut count = 0;
        let mut good = self.at;
        while count < max && self.op(inner)? {
            count += 1;
            good = self.at;
            if let Some(between) = between
                && !self.op(between)?
            {
                break;
            }
        }
        // What has failed stays where it failed, as in the original.
        let matched = count >= min;
        self.at = if matched { good } else { self.at };
        Ok(matched)
    }

    fn not(&mut self, inner: &Op<'_>) -> Matched {
        let (start, phase) = (self.at, self.phase);
        self.phase = Phase::Off;
        let matched = self.op(inner)?;
        self.phase = phase;
        let length = self.at as isize - start as isize;
        self.at = start;
        if !matched {
            return Ok(true);
        }
        let what = match inner {
            Op::Call(rule) => rule.name,
            Op::Class(..) => "<CharPredicate>",
            _ => "<anon>",
        };
        self.mismatch(|| format!("!{what}"), Some(length))
    }

    fn keyword(&mut self, word: &'static str) -> Matched {
        let parts = [
            Op::ZeroOrMore(&Op::Call(&IGNORED)),
            Op::Str(word),
            Op::Not(&NAME_CHAR),
            Op::ZeroOrMore(&Op::Call(&IGNORED_NO_COMMENT)),
        ];
        self.call(&Rule { name: "Keyword", body: Op::Atomic(&Op::Sequence(&parts)) })
    }

    fn spaced(&mut self, name: &'static str, c: char, behind: &Rule<'_>) -> Matched {
        let parts = [Op::ZeroOrMore(&Op::Call(&IGNORED)), Op::Char(c), Op::ZeroOrMore(&Op::Call(behind))];
        self.call(&Rule { name, body: Op::Quiet(&Op::Sequence(&parts)) })
    }

    fn atomic(&mut self, inner: &Op<'_>) -> Matched {
        let start = self.at;
        let is_outermost = match &mut self.phase {
            Phase::Places { atomic: atomic @ None, .. } => atomic.replace(start).is_none(),
            _ => false,
        };
        let matched = self.op(inner)?;
        if let Phase::Places { atomic, .. } = &mut self.phase
            && is_outermost
        {
            *atomic = None;
        }
        Ok(matched)
    }

    fn quiet(&mut self, inner: &Op<'_>) -> Matched {
        let before = self.phase;
        match &mut self.phase {
            Phase::Loud { is_quiet, .. } => *is_quiet = true,
            Phase::Collect { is_muted, report_quiet: false, .. } => *is_muted = true,
            _ => {}
        }
        let matched = self.op(inner)?;
        match (&mut self.phase, before) {
            (Phase::Loud { is_quiet, .. }, Phase::Loud { is_quiet: outer, .. }) => *is_quiet = outer,
            (Phase::Collect { is_muted, .. }, Phase::Collect { is_muted: outer, .. }) => *is_muted = outer,
            _ => {}
        }
        Ok(matched)
    }

    fn string(&mut self, text: &'static str) -> Matched {
        for wanted in text.chars() {
            if !self.terminal(|c| c == wanted, || format!("'{}'", escape(wanted)))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn terminal(&mut self, fits: impl Fn(char) -> bool, expected: impl Fn() -> String) -> Matched {
        let next =
            self.text.get(self.at).map(|unit| char::from_u32((*unit).into()).unwrap_or(char::REPLACEMENT_CHARACTER));
        if !next.is_some_and(fits) {
            return self.mismatch(expected, None);
        }
        self.at += 1;
        if let Phase::Places { furthest, .. } = &mut self.phase {
            *furthest = self.at.max(*furthest);
        }
        Ok(true)
    }

    fn mismatch(&mut self, expected: impl Fn() -> String, unwanted: Option<isize>) -> Matched {
        match &mut self.phase {
            Phase::Places { atomic, latest, .. } => *latest = (*latest).max(*atomic),
            Phase::Loud { from, is_quiet: false } if self.at >= *from => return Err(Halt::Enough),
            Phase::Collect { from, is_muted: false, .. } if self.at >= *from => {
                let from = *from as isize;
                let frames =
                    self.open.iter().map(|(kind, start)| Frame { kind: *kind, offset: *start as isize - from });
                self.traces.push(Trace { frames: frames.collect(), terminal: expected(), unwanted });
                if self.traces.len() == TRACES_MAX {
                    return Err(Halt::Enough);
                }
            }
            Phase::Off | Phase::Loud { .. } | Phase::Collect { .. } => {}
        }
        Ok(false)
    }
}

/// A character as messages show it.
pub(super) fn escape(c: char) -> String {
    match c {
        '\t' => "\\t".to_owned(),
        '\r' => "\\r".to_owned(),
        '\n' => "\\n".to_owned(),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}

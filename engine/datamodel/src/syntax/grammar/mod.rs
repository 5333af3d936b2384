//! The grammar of sangria 1.3.3 as a parsing expression grammar. Only error messages come from it: they name the rules
//! that were tried, under these names and in this order. Documents are parsed by `parser`, which accepts the same texts.

mod definitions;
mod operations;
mod tokens;
mod values;

pub(super) use definitions::DOCUMENT;
pub(super) use tokens::{IGNORED, IGNORED_NO_COMMENT, NAME_CHAR};

/// A parsing expression.
pub(super) enum Op<'g> {
    Any,
    /// The end of the text.
    End,
    Char(char),
    Class(&'static str, fn(char) -> bool),
    Str(&'static str),
    Sequence(&'g [Op<'g>]),
    FirstOf(&'g [Op<'g>]),
    Optional(&'g Op<'g>),
    ZeroOrMore(&'g Op<'g>),
    OneOrMore(&'g Op<'g>),
    /// One or more, with something in between.
    Separated(&'g Op<'g>, &'g Op<'g>),
    FourTimes(&'g Op<'g>),
    Not(&'g Op<'g>),
    /// What fails inside is reported where it starts.
    Atomic(&'g Op<'g>),
    /// What fails inside is reported only if nothing else failed.
    Quiet(&'g Op<'g>),
    Capture(&'g Op<'g>),
    Call(&'g Rule<'g>),
    /// A word of its own.
    Keyword(&'static str),
    /// A character between things to ignore, comments included.
    Spaced(char),
    /// The same, with no comment behind it.
    SpacedBefore(char),
}

/// A named expression.
pub(super) struct Rule<'g> {
    pub(super) name: &'static str,
    pub(super) body: Op<'g>,
}

const fn rule<'g>(name: &'static str, body: Op<'g>) -> Rule<'g> {
    Rule { name, body }
}

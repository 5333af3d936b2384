//! Names, numbers, strings, and what stands between them.

use super::Op::{Any, Atomic, Call, Capture, Char, Class, FirstOf, FourTimes, Not, OneOrMore, Optional, Quiet};
use super::Op::{Sequence, Str, ZeroOrMore};
use super::{Op, Rule, rule};

const NAME_FIRST_CHAR: Op<'static> = Class("NameFirstChar", |c| c.is_ascii_alphabetic() || c == '_');
pub(in super::super) const NAME_CHAR: Op<'static> = Class("NameChar", |c| c.is_ascii_alphanumeric() || c == '_');
const NON_ZERO_DIGIT: Op<'static> = Class("NonZeroDigit", |c| matches!(c, '1'..='9'));
const LINE_TERMINATOR: Op<'static> = Class("LineTerminator", |c| c == '\n');
const QUOTE_BACKSLASH: Op<'static> = Class("QuoteBackslash", |c| matches!(c, '"' | '\\'));
const UNICODE_BOM: Op<'static> = Class("UnicodeBOM", |c| c == '\u{feff}');
const WHITE_SPACE: Op<'static> = Class("WhiteSpace", |c| matches!(c, '\t' | ' '));

const LINE_END: Op<'static> = FirstOf(&[Call(&CRLF), LINE_TERMINATOR]);
pub(super) const BLANKS: Op<'static> = ZeroOrMore(&Call(&IGNORED_NO_COMMENT));
pub(super) const IGNORABLES: Op<'static> = ZeroOrMore(&Call(&IGNORED));

static CRLF: Rule<'_> = rule("CRLF", Sequence(&[Char('\r'), Char('\n')]));

pub(in super::super) static IGNORED: Rule<'_> =
    rule("Ignored", Quiet(&FirstOf(&[UNICODE_BOM, WHITE_SPACE, Sequence(&[LINE_END]), Call(&COMMENT), Char(',')])));

pub(in super::super) static IGNORED_NO_COMMENT: Rule<'_> =
    rule("IgnoredNoComment", Quiet(&FirstOf(&[UNICODE_BOM, WHITE_SPACE, Sequence(&[LINE_END]), Char(',')])));

pub(super) static COMMENTS: Rule<'_> = rule("Comments", Sequence(&[ZeroOrMore(&Call(&COMMENT_CAP)), IGNORABLES]));

static COMMENT_CAP: Rule<'_> =
    rule("CommentCap", Sequence(&[Str("#"), Capture(&ZeroOrMore(&Call(&COMMENT_CHAR))), BLANKS]));

static COMMENT: Rule<'_> = rule("Comment", Sequence(&[Str("#"), ZeroOrMore(&Call(&COMMENT_CHAR))]));

static COMMENT_CHAR: Rule<'_> = rule("CommentChar", Sequence(&[Not(&LINE_END), Any]));

pub(super) static ELLIPSIS: Rule<'_> = rule("Ellipsis", Quiet(&Sequence(&[Str("..."), BLANKS])));

pub(super) static NAME_STRICT: Rule<'_> =
    rule("NameStrict", Sequence(&[Capture(&Sequence(&[NAME_FIRST_CHAR, ZeroOrMore(&NAME_CHAR)])), BLANKS]));

pub(super) static NAME: Rule<'_> = rule("Name", Sequence(&[IGNORABLES, Call(&NAME_STRICT)]));

pub(super) static NUMBER_VALUE: Rule<'_> = rule(
    "NumberValue",
    Sequence(&[Atomic(&Sequence(&[
        Call(&COMMENTS),
        Call(&INTEGER_VALUE_PART),
        Optional(&Call(&FLOAT_VALUE_PART)),
        BLANKS,
    ]))]),
);

static FLOAT_VALUE_PART: Rule<'_> = rule(
    "FloatValuePart",
    Atomic(&Capture(&FirstOf(&[
        Sequence(&[Call(&FRACTIONAL_PART), Optional(&Call(&EXPONENT_PART))]),
        Call(&EXPONENT_PART),
    ]))),
);

static FRACTIONAL_PART: Rule<'_> = rule("FractionalPart", Sequence(&[Char('.'), OneOrMore(&Call(&DIGIT))]));

static INTEGER_VALUE_PART: Rule<'_> =
    rule("IntegerValuePart", Capture(&Sequence(&[Optional(&Char('-')), Call(&INTEGER_PART)])));

static INTEGER_PART: Rule<'_> =
    rule("IntegerPart", FirstOf(&[Char('0'), Sequence(&[NON_ZERO_DIGIT, ZeroOrMore(&Call(&DIGIT))])]));

static EXPONENT_PART: Rule<'_> =
    rule("ExponentPart", Sequence(&[Call(&EXPONENT_INDICATOR), Optional(&Call(&SIGN)), OneOrMore(&Call(&DIGIT))]));

static EXPONENT_INDICATOR: Rule<'_> = rule("ExponentIndicator", FirstOf(&[Char('e'), Char('E')]));

static SIGN: Rule<'_> = rule("Sign", FirstOf(&[Char('-'), Char('+')]));

static DIGIT: Rule<'_> = rule("Digit", FirstOf(&[Char('0'), NON_ZERO_DIGIT]));

pub(super) static STRING_VALUE: Rule<'_> =
    rule("StringValue", FirstOf(&[Call(&BLOCK_STRING_VALUE), Call(&NON_BLOCK_STRING_VALUE)]));

static BLOCK_STRING_VALUE: Rule<'_> = rule(
    "BlockStringValue",
    Sequence(&[Call(&COMMENTS), Call(&BLOCK_STRING), Call(&BLOCK_STRING_CHARACTERS), Call(&BLOCK_STRING), BLANKS]),
);

static BLOCK_STRING_CHARACTERS: Rule<'_> = rule(
    "BlockStringCharacters",
    ZeroOrMore(&FirstOf(&[Call(&BLOCK_STRING_CHARACTER), Call(&BLOCK_STRING_ESCAPED_CHAR)])),
);

static BLOCK_STRING: Rule<'_> = rule("BlockString", Str("\"\"\""));

static QUOTED_BLOCK_STRING: Rule<'_> = rule("QuotedBlockString", Str("\\\"\"\""));

static BLOCK_STRING_CHARACTER: Rule<'_> =
    rule("BlockStringCharacter", Sequence(&[Not(&FirstOf(&[Call(&QUOTED_BLOCK_STRING), Call(&BLOCK_STRING)])), Any]));

static BLOCK_STRING_ESCAPED_CHAR: Rule<'_> = rule("BlockStringEscapedChar", Sequence(&[Call(&QUOTED_BLOCK_STRING)]));

static NORMAL_CHARACTER: Rule<'_> =
    rule("NormalCharacter", Sequence(&[Not(&FirstOf(&[QUOTE_BACKSLASH, LINE_TERMINATOR])), Any]));

static NON_BLOCK_STRING_VALUE: Rule<'_> =
    rule("NonBlockStringValue", Sequence(&[Call(&COMMENTS), Char('"'), Call(&CHARACTERS), Char('"'), BLANKS]));

static CHARACTERS: Rule<'_> =
    rule("Characters", ZeroOrMore(&FirstOf(&[Call(&NORMAL_CHARACTER), Sequence(&[Char('\\'), Call(&ESCAPED_CHAR)])])));

static ESCAPED_CHAR: Rule<'_> = rule(
    "EscapedChar",
    FirstOf(&[
        Sequence(&[QUOTE_BACKSLASH]),
        Sequence(&[Char('b')]),
        Sequence(&[Char('f')]),
        Sequence(&[Char('n')]),
        Sequence(&[Char('r')]),
        Sequence(&[Char('t')]),
        Sequence(&[Call(&UNICODE)]),
    ]),
);

static UNICODE: Rule<'_> =
    rule("Unicode", Sequence(&[Char('u'), Capture(&FourTimes(&Class("HexDigit", |c| c.is_ascii_hexdigit())))]));

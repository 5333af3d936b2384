//! Literals, arguments, directives, types of fields and variables.

use super::Op::{Call, Char, FirstOf, Keyword, Not, OneOrMore, Optional, Sequence, Spaced, SpacedBefore, ZeroOrMore};
use super::tokens::{COMMENTS, IGNORABLES, NAME, NAME_STRICT, NUMBER_VALUE, STRING_VALUE};
use super::{Op, Rule, rule};

static TRUE: Rule<'_> = rule("True", Keyword("true"));

static FALSE: Rule<'_> = rule("False", Keyword("false"));

static NULL: Rule<'_> = rule("Null", Keyword("null"));

static VALUE_CONST: Rule<'_> = rule(
    "ValueConst",
    FirstOf(&[
        Call(&NUMBER_VALUE),
        Call(&STRING_VALUE),
        Call(&BOOLEAN_VALUE),
        Call(&NULL_VALUE),
        Call(&ENUM_VALUE),
        Call(&LIST_VALUE_CONST),
        Call(&OBJECT_VALUE_CONST),
    ]),
);

static VALUE: Rule<'_> = rule(
    "Value",
    FirstOf(&[
        Sequence(&[Call(&COMMENTS), Call(&VARIABLE)]),
        Call(&NUMBER_VALUE),
        Call(&STRING_VALUE),
        Call(&BOOLEAN_VALUE),
        Call(&NULL_VALUE),
        Call(&ENUM_VALUE),
        Call(&LIST_VALUE),
        Call(&OBJECT_VALUE),
    ]),
);

static BOOLEAN_VALUE: Rule<'_> = rule(
    "BooleanValue",
    FirstOf(&[Sequence(&[Call(&COMMENTS), Call(&TRUE)]), Sequence(&[Call(&COMMENTS), Call(&FALSE)])]),
);

static NULL_VALUE: Rule<'_> = rule("NullValue", Sequence(&[Call(&COMMENTS), Call(&NULL)]));

pub(super) static ENUM_VALUE: Rule<'_> =
    rule("EnumValue", Sequence(&[Call(&COMMENTS), Not(&Call(&TRUE)), Not(&Call(&FALSE)), Call(&NAME)]));

static LIST_VALUE_CONST: Rule<'_> = rule(
    "ListValueConst",
    Sequence(&[Call(&COMMENTS), SpacedBefore('['), ZeroOrMore(&Call(&VALUE_CONST)), SpacedBefore(']')]),
);

static LIST_VALUE: Rule<'_> =
    rule("ListValue", Sequence(&[Call(&COMMENTS), SpacedBefore('['), ZeroOrMore(&Call(&VALUE)), SpacedBefore(']')]));

static OBJECT_VALUE_CONST: Rule<'_> = rule(
    "ObjectValueConst",
    Sequence(&[Call(&COMMENTS), SpacedBefore('{'), ZeroOrMore(&Call(&OBJECT_FIELD_CONST)), SpacedBefore('}')]),
);

static OBJECT_VALUE: Rule<'_> = rule(
    "ObjectValue",
    Sequence(&[Call(&COMMENTS), SpacedBefore('{'), ZeroOrMore(&Call(&OBJECT_FIELD)), SpacedBefore('}')]),
);

static OBJECT_FIELD_CONST: Rule<'_> =
    rule("ObjectFieldConst", Sequence(&[Call(&COMMENTS), Call(&NAME), SpacedBefore(':'), Call(&VALUE_CONST)]));

static OBJECT_FIELD: Rule<'_> =
    rule("ObjectField", Sequence(&[Call(&COMMENTS), Call(&NAME), SpacedBefore(':'), Call(&VALUE)]));

pub(super) static VARIABLE: Rule<'_> = rule("Variable", Sequence(&[IGNORABLES, Char('$'), Call(&NAME_STRICT)]));

pub(super) static DEFAULT_VALUE: Rule<'_> = rule("DefaultValue", Sequence(&[SpacedBefore('='), Call(&VALUE_CONST)]));

pub(super) static ARGUMENTS: Rule<'_> =
    rule("Arguments", Sequence(&[IGNORABLES, SpacedBefore('('), OneOrMore(&Call(&ARGUMENT)), SpacedBefore(')')]));

static ARGUMENTS_CONST: Rule<'_> = rule(
    "ArgumentsConst",
    Sequence(&[IGNORABLES, SpacedBefore('('), OneOrMore(&Call(&ARGUMENT_CONST)), SpacedBefore(')')]),
);

static ARGUMENT: Rule<'_> =
    rule("Argument", Sequence(&[Call(&COMMENTS), Call(&NAME), SpacedBefore(':'), Call(&VALUE)]));

static ARGUMENT_CONST: Rule<'_> =
    rule("ArgumentConst", Sequence(&[Call(&COMMENTS), Call(&NAME), SpacedBefore(':'), Call(&VALUE_CONST)]));

pub(super) const ANY_DIRECTIVES: Op<'static> = Optional(&Call(&DIRECTIVES));

pub(super) const ANY_CONST_DIRECTIVES: Op<'static> = Optional(&Call(&DIRECTIVES_CONST));

static DIRECTIVES: Rule<'_> = rule("Directives", Sequence(&[OneOrMore(&Call(&DIRECTIVE))]));

pub(super) static DIRECTIVES_CONST: Rule<'_> = rule("DirectivesConst", Sequence(&[OneOrMore(&Call(&DIRECTIVE_CONST))]));

static DIRECTIVE: Rule<'_> =
    rule("Directive", Sequence(&[Call(&COMMENTS), Char('@'), Call(&NAME_STRICT), Optional(&Call(&ARGUMENTS))]));

static DIRECTIVE_CONST: Rule<'_> = rule(
    "DirectiveConst",
    Sequence(&[Call(&COMMENTS), Char('@'), Call(&NAME_STRICT), Optional(&Call(&ARGUMENTS_CONST))]),
);

pub(super) static TYPE: Rule<'_> = rule("Type", FirstOf(&[Call(&NON_NULL_TYPE), Call(&LIST_TYPE), Call(&NAMED_TYPE)]));

static TYPE_NAME: Rule<'_> = rule("TypeName", Call(&NAME));

pub(super) static NAMED_TYPE: Rule<'_> = rule("NamedType", Sequence(&[IGNORABLES, Call(&TYPE_NAME)]));

static LIST_TYPE: Rule<'_> = rule("ListType", Sequence(&[Spaced('['), Call(&TYPE), SpacedBefore(']')]));

static NON_NULL_TYPE: Rule<'_> = rule(
    "NonNullType",
    FirstOf(&[Sequence(&[Call(&TYPE_NAME), SpacedBefore('!')]), Sequence(&[Call(&LIST_TYPE), SpacedBefore('!')])]),
);

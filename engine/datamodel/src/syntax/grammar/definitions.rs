//! Documents and the definitions of types.

use super::Op::{Call, Char, End, FirstOf, Keyword, OneOrMore, Optional, Separated, Sequence, Spaced, SpacedBefore};
use super::operations::{FRAGMENT_DEFINITION, ON, OPERATION_DEFINITION, OPERATION_TYPE};
use super::tokens::{BLANKS, COMMENTS, NAME, NAME_STRICT, STRING_VALUE};
use super::values::{ANY_CONST_DIRECTIVES, ANY_DIRECTIVES, DEFAULT_VALUE, DIRECTIVES_CONST, ENUM_VALUE};
use super::values::{NAMED_TYPE, TYPE};
use super::{Rule, rule};

/// The whole text.
pub(in super::super) static DOCUMENT: Rule<'_> =
    rule("Document", Sequence(&[BLANKS, OneOrMore(&Call(&DEFINITION)), BLANKS, Call(&COMMENTS), End]));

static DEFINITION: Rule<'_> = rule(
    "Definition",
    FirstOf(&[Call(&OPERATION_DEFINITION), Call(&FRAGMENT_DEFINITION), Call(&TYPE_SYSTEM_DEFINITION)]),
);

static TYPE_SYSTEM_DEFINITION: Rule<'_> = rule(
    "TypeSystemDefinition",
    FirstOf(&[
        Call(&SCHEMA_DEFINITION),
        Call(&TYPE_DEFINITION),
        Call(&TYPE_EXTENSION_DEFINITION),
        Call(&DIRECTIVE_DEFINITION),
    ]),
);

static TYPE_DEFINITION: Rule<'_> = rule(
    "TypeDefinition",
    FirstOf(&[
        Call(&SCALAR_TYPE_DEFINITION),
        Call(&OBJECT_TYPE_DEFINITION),
        Call(&INTERFACE_TYPE_DEFINITION),
        Call(&UNION_TYPE_DEFINITION),
        Call(&ENUM_TYPE_DEFINITION),
        Call(&INPUT_OBJECT_TYPE_DEFINITION),
    ]),
);

static SCALAR: Rule<'_> = rule("scalar", Keyword("scalar"));

static OBJECT: Rule<'_> = rule("type", Keyword("type"));

static INTERFACE: Rule<'_> = rule("interface", Keyword("interface"));

static UNION: Rule<'_> = rule("union", Keyword("union"));

static ENUM: Rule<'_> = rule("enum", Keyword("enum"));

static INPUT: Rule<'_> = rule("inputType", Keyword("input"));

static IMPLEMENTS: Rule<'_> = rule("implements", Keyword("implements"));

static EXTEND: Rule<'_> = rule("extend", Keyword("extend"));

static DIRECTIVE: Rule<'_> = rule("directive", Keyword("directive"));

static SCHEMA: Rule<'_> = rule("schema", Keyword("schema"));

static SCALAR_TYPE_DEFINITION: Rule<'_> = rule(
    "ScalarTypeDefinition",
    Sequence(&[Call(&DESCRIPTION), Call(&COMMENTS), Call(&SCALAR), Call(&NAME), ANY_CONST_DIRECTIVES]),
);

static OBJECT_TYPE_DEFINITION: Rule<'_> = rule(
    "ObjectTypeDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&OBJECT),
        Call(&NAME),
        Optional(&Call(&IMPLEMENTS_INTERFACES)),
        ANY_CONST_DIRECTIVES,
        Call(&FIELD_DEFINITIONS),
    ]),
);

static TYPE_EXTENSION_DEFINITION: Rule<'_> = rule(
    "TypeExtensionDefinition",
    FirstOf(&[
        Sequence(&[
            Call(&DESCRIPTION),
            Call(&COMMENTS),
            Call(&EXTEND),
            Call(&OBJECT),
            Call(&NAME),
            Optional(&Call(&IMPLEMENTS_INTERFACES)),
            ANY_CONST_DIRECTIVES,
            Call(&FIELD_DEFINITIONS),
        ]),
        Sequence(&[
            Call(&DESCRIPTION),
            Call(&COMMENTS),
            Call(&EXTEND),
            Call(&OBJECT),
            Call(&NAME),
            Optional(&Call(&IMPLEMENTS_INTERFACES)),
            Call(&DIRECTIVES_CONST),
        ]),
        Sequence(&[
            Call(&DESCRIPTION),
            Call(&COMMENTS),
            Call(&EXTEND),
            Call(&OBJECT),
            Call(&NAME),
            Call(&IMPLEMENTS_INTERFACES),
        ]),
    ]),
);

static IMPLEMENTS_INTERFACES: Rule<'_> =
    rule("ImplementsInterfaces", Sequence(&[Call(&IMPLEMENTS), OneOrMore(&Call(&NAMED_TYPE))]));

static FIELD_DEFINITIONS: Rule<'_> = rule(
    "FieldDefinitions",
    Sequence(&[SpacedBefore('{'), OneOrMore(&Call(&FIELD_DEFINITION)), Call(&COMMENTS), SpacedBefore('}')]),
);

static FIELD_DEFINITION: Rule<'_> = rule(
    "FieldDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&NAME),
        Optional(&Call(&ARGUMENTS_DEFINITION)),
        Spaced(':'),
        Call(&TYPE),
        ANY_DIRECTIVES,
    ]),
);

static ARGUMENTS_DEFINITION: Rule<'_> = rule(
    "ArgumentsDefinition",
    Sequence(&[SpacedBefore('('), OneOrMore(&Call(&INPUT_VALUE_DEFINITION)), SpacedBefore(')')]),
);

static INPUT_VALUE_DEFINITION: Rule<'_> = rule(
    "InputValueDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&NAME),
        Spaced(':'),
        Call(&TYPE),
        Optional(&Call(&DEFAULT_VALUE)),
        ANY_CONST_DIRECTIVES,
    ]),
);

static INTERFACE_TYPE_DEFINITION: Rule<'_> = rule(
    "InterfaceTypeDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&INTERFACE),
        Call(&NAME),
        ANY_CONST_DIRECTIVES,
        Call(&FIELD_DEFINITIONS),
    ]),
);

static UNION_TYPE_DEFINITION: Rule<'_> = rule(
    "UnionTypeDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&UNION),
        Call(&NAME),
        ANY_CONST_DIRECTIVES,
        SpacedBefore('='),
        Call(&UNION_MEMBERS),
    ]),
);

static UNION_MEMBERS: Rule<'_> =
    rule("UnionMembers", Sequence(&[Optional(&Spaced('|')), Separated(&Call(&NAMED_TYPE), &Spaced('|'))]));

static ENUM_TYPE_DEFINITION: Rule<'_> = rule(
    "EnumTypeDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&ENUM),
        Call(&NAME),
        ANY_CONST_DIRECTIVES,
        SpacedBefore('{'),
        OneOrMore(&Call(&ENUM_VALUE_DEFINITION)),
        Call(&COMMENTS),
        SpacedBefore('}'),
    ]),
);

static ENUM_VALUE_DEFINITION: Rule<'_> =
    rule("EnumValueDefinition", Sequence(&[Call(&DESCRIPTION), Call(&ENUM_VALUE), ANY_CONST_DIRECTIVES]));

static INPUT_OBJECT_TYPE_DEFINITION: Rule<'_> = rule(
    "InputObjectTypeDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&INPUT),
        Call(&NAME),
        ANY_CONST_DIRECTIVES,
        SpacedBefore('{'),
        OneOrMore(&Call(&INPUT_VALUE_DEFINITION)),
        Call(&COMMENTS),
        SpacedBefore('}'),
    ]),
);

static DIRECTIVE_DEFINITION: Rule<'_> = rule(
    "DirectiveDefinition",
    Sequence(&[
        Call(&DESCRIPTION),
        Call(&COMMENTS),
        Call(&DIRECTIVE),
        Char('@'),
        Call(&NAME_STRICT),
        Optional(&Call(&ARGUMENTS_DEFINITION)),
        Call(&ON),
        Call(&DIRECTIVE_LOCATIONS),
    ]),
);

static DIRECTIVE_LOCATIONS: Rule<'_> = rule(
    "DirectiveLocations",
    Sequence(&[Optional(&Spaced('|')), Separated(&Call(&DIRECTIVE_LOCATION), &SpacedBefore('|'))]),
);

static DIRECTIVE_LOCATION: Rule<'_> = rule("DirectiveLocation", Sequence(&[Call(&COMMENTS), Call(&NAME)]));

static SCHEMA_DEFINITION: Rule<'_> = rule(
    "SchemaDefinition",
    Sequence(&[
        Call(&COMMENTS),
        Call(&SCHEMA),
        ANY_CONST_DIRECTIVES,
        SpacedBefore('{'),
        OneOrMore(&Call(&OPERATION_TYPE_DEFINITION)),
        Call(&COMMENTS),
        SpacedBefore('}'),
    ]),
);

static OPERATION_TYPE_DEFINITION: Rule<'_> = rule(
    "OperationTypeDefinition",
    Sequence(&[Call(&COMMENTS), Call(&OPERATION_TYPE), Spaced(':'), Call(&NAMED_TYPE)]),
);

static DESCRIPTION: Rule<'_> = rule("Description", Optional(&Call(&STRING_VALUE)));

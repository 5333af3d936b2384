//! Operations and fragments.

use super::Op::{Call, FirstOf, Keyword, Not, OneOrMore, Optional, Sequence, Spaced, SpacedBefore};
use super::tokens::{COMMENTS, ELLIPSIS, NAME};
use super::values::{ANY_DIRECTIVES, ARGUMENTS, DEFAULT_VALUE, NAMED_TYPE, TYPE, VARIABLE};
use super::{Rule, rule};

pub(super) static OPERATION_DEFINITION: Rule<'_> = rule(
    "OperationDefinition",
    FirstOf(&[
        Sequence(&[Call(&COMMENTS), Call(&SELECTION_SET)]),
        Sequence(&[
            Call(&COMMENTS),
            Call(&OPERATION_TYPE),
            Optional(&Call(&OPERATION_NAME)),
            Optional(&Call(&VARIABLE_DEFINITIONS)),
            ANY_DIRECTIVES,
            Call(&SELECTION_SET),
        ]),
    ]),
);

static OPERATION_NAME: Rule<'_> = rule("OperationName", Call(&NAME));

pub(super) static OPERATION_TYPE: Rule<'_> = rule(
    "OperationType",
    FirstOf(&[Sequence(&[Call(&QUERY)]), Sequence(&[Call(&MUTATION)]), Sequence(&[Call(&SUBSCRIPTION)])]),
);

static QUERY: Rule<'_> = rule("Query", Keyword("query"));

static MUTATION: Rule<'_> = rule("Mutation", Keyword("mutation"));

static SUBSCRIPTION: Rule<'_> = rule("Subscription", Keyword("subscription"));

static VARIABLE_DEFINITIONS: Rule<'_> = rule(
    "VariableDefinitions",
    Sequence(&[SpacedBefore('('), OneOrMore(&Call(&VARIABLE_DEFINITION)), SpacedBefore(')')]),
);

static VARIABLE_DEFINITION: Rule<'_> = rule(
    "VariableDefinition",
    Sequence(&[Call(&COMMENTS), Call(&VARIABLE), Spaced(':'), Call(&TYPE), Optional(&Call(&DEFAULT_VALUE))]),
);

static SELECTION_SET: Rule<'_> = rule(
    "SelectionSet",
    Sequence(&[SpacedBefore('{'), OneOrMore(&Call(&SELECTION)), Call(&COMMENTS), SpacedBefore('}')]),
);

static SELECTION: Rule<'_> =
    rule("Selection", FirstOf(&[Call(&FIELD), Call(&FRAGMENT_SPREAD), Call(&INLINE_FRAGMENT)]));

static FIELD: Rule<'_> = rule(
    "Field",
    Sequence(&[
        Call(&COMMENTS),
        Optional(&Call(&ALIAS)),
        Call(&NAME),
        Optional(&Call(&ARGUMENTS)),
        ANY_DIRECTIVES,
        Optional(&Call(&SELECTION_SET)),
    ]),
);

static ALIAS: Rule<'_> = rule("Alias", Sequence(&[Call(&NAME), Spaced(':')]));

pub(super) static ON: Rule<'_> = rule("on", Keyword("on"));

static FRAGMENT: Rule<'_> = rule("Fragment", Keyword("fragment"));

static FRAGMENT_SPREAD: Rule<'_> =
    rule("FragmentSpread", Sequence(&[Call(&COMMENTS), Call(&ELLIPSIS), Call(&FRAGMENT_NAME), ANY_DIRECTIVES]));

static INLINE_FRAGMENT: Rule<'_> = rule(
    "InlineFragment",
    Sequence(&[
        Call(&COMMENTS),
        Call(&ELLIPSIS),
        Optional(&Call(&TYPE_CONDITION)),
        ANY_DIRECTIVES,
        Call(&SELECTION_SET),
    ]),
);

pub(super) static FRAGMENT_DEFINITION: Rule<'_> = rule(
    "FragmentDefinition",
    Sequence(&[
        Call(&COMMENTS),
        Call(&FRAGMENT),
        Call(&FRAGMENT_NAME),
        Call(&TYPE_CONDITION),
        ANY_DIRECTIVES,
        Call(&SELECTION_SET),
    ]),
);

static FRAGMENT_NAME: Rule<'_> = rule("FragmentName", Sequence(&[Not(&Call(&ON)), Call(&NAME)]));

static TYPE_CONDITION: Rule<'_> = rule("TypeCondition", Sequence(&[Call(&ON), Call(&NAMED_TYPE)]));

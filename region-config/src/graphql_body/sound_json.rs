//! JSON that everybody reads alike: no key twice in an object, no number out of range, no half of a surrogate pair.
//! Read without building anything; the depth is bounded before.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// Any sound value.
pub(super) struct SoundValue;

/// A sound object.
pub(super) struct SoundObject;

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for SoundValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SoundValue)
    }
}

impl<'de> Deserialize<'de> for SoundObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SoundObject)
    }
}

impl<'de> Visitor<'de> for SoundObject {
    type Value = SoundObject;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut keys: Vec<Key<'de>> = Vec::new();
        while let Some(key) = map.next_key()? {
            keys.push(key);
            map.next_value::<SoundValue>()?;
        }
        keys.sort_unstable();
        match keys.array_windows().find(|[one, other]| one == other) {
            Some([key, _]) => Err(A::Error::custom(format_args!("the key {:?} occurs twice in an object", key.0))),
            None => Ok(SoundObject),
        }
    }
}

impl<'de> Visitor<'de> for SoundValue {
    type Value = SoundValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<SoundValue>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self, A::Error> {
        SoundObject.visit_map(map)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_could_disagree_on_is_refused() {
        for (text, sound) in [
            (r#"{"a":1,"b":[true,null,"x",-1.5e3,{}]}"#, true),
            (r#"{"a":{"a":1},"b":{"a":1}}"#, true),
            (r#"{"a":1,"b":2,"a":3}"#, false),
            (r#"{"a":1,"\u0061":3}"#, false),
            (r#"[{"x":{"a":1,"a":1}}]"#, false),
            ("1e400", false),
            (r#"{"a":[1e400]}"#, false),
            ("12345678901234567890123", true),
            (r#""\ud83d\ude00""#, true),
            (r#""\ud83d""#, false),
            (r#"{"\ude00":1}"#, false),
            ("{\"a\":\"\u{1}\"}", false),
            ("{'a':1}", false),
            ("{\"a\":1,}", false),
            ("{\"a\":1} x", false),
            ("NaN", false),
        ] {
            assert_eq!(serde_json::from_str::<SoundValue>(text).is_ok(), sound, "{text}");
        }
    }
}

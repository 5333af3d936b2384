//! The order of relations in an export. In the original they come out of a hash table by their names, which is an order
//! that can be told beforehand as long as there are few of them; more are exported in the order of the datamodel.

/// So many entries the original's small tables keep in the order in which they came out of the large one.
const FEW: usize = 4;
/// Places of the table, and the bits that name one.
const PLACES: usize = 16;
const PLACE_BITS: u32 = 4;
/// The multiplier of Scala's `byteswap32`.
const SPREAD: u32 = 0x9e37_75cd;

/// Positions of these names in the order of an export.
pub fn of<'n>(names: impl Iterator<Item = &'n str>) -> Vec<usize> {
    let places: Vec<usize> = names.map(place).collect();
    let mut order: Vec<usize> = (0..places.len()).collect();
    if order.len() <= FEW {
        // It is read from its end, and what came later to a place stands before what was there.
        order.sort_by_key(|position| (PLACES - places[*position], usize::MAX - *position));
    }
    order
}

fn place(name: &str) -> usize {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    let spread = hash.wrapping_mul(SPREAD).swap_bytes().wrapping_mul(SPREAD).rotate_right(PLACE_BITS);
    (spread >> (u32::BITS - PLACE_BITS)) as usize
}

#[cfg(test)]
mod tests {
    #[test]
    fn few_relations_come_as_from_the_originals_table() {
        // `OptionalBackRelationImportExportSpec.scala:160` has these two in this order.
        assert_eq!(super::of(["Model0ToModel0", "Model0ToModel1"].into_iter()), [1, 0]);
        assert_eq!(super::of(["Model0ToModel1", "Model0ToModel0"].into_iter()), [0, 1]);
        assert_eq!(super::of(["A", "B", "C", "D", "E"].into_iter()), [0, 1, 2, 3, 4]);
    }
}

//! What engines and commands ask of the console.

use crate::world::{Settings, World, keys};
use console_web::{Console, ConsoleConfig, ConsoleError, SignUp};
use region_config::chance::SeededChance;
use std::sync::Arc;

#[actix_web::test]
async fn the_first_account_owns_the_home_workspace() {
    let world = World::new();
    assert_eq!(world.console.first_account().await.unwrap(), None);
    assert_eq!(world.console.home_workspace().await.unwrap(), None);
    let made = world.console.create_first_account("Ada.Lovelace@example.test", None).await.unwrap();
    assert_eq!((made.workspace.as_str(), made.is_new, made.account.has_password), ("ada-lovelace", true, false));
    let again = world.console.create_first_account("ada.lovelace@EXAMPLE.test", None).await.unwrap();
    assert_eq!((again.account, again.is_new), (made.account.clone(), false));
    world.account("bob").await;
    assert_eq!(world.console.first_account().await.unwrap(), Some(made.account));
    let home = world.console.home_workspace().await.unwrap().unwrap();
    assert_eq!((home.slug.as_str(), home.home, home.incarnation, home.generation), ("ada-lovelace", true, 1, 1));
    assert!(!world.console.workspace("bob").await.unwrap().unwrap().home);
    for slug in ["eve", "", "x'; --", "ADA-LOVELACE", &"a".repeat(1000)] {
        assert_eq!(world.console.workspace(slug).await.unwrap(), None, "{slug}");
        assert_eq!(world.console.management_secret(slug).await.unwrap(), None, "{slug}");
    }
    assert!(matches!(world.console.one_time_link("eve@example.test").await, Err(ConsoleError::AccountUnknown)));
    assert!(matches!(world.console.make_session_key("eve", "x").await, Err(ConsoleError::EmailInvalid)));
}

#[actix_web::test]
async fn taken_and_reserved_names_get_a_suffix() {
    let world = World::new();
    for (email, expected) in [
        ("jane@example.test", "jane"),
        ("Jane@other.test", "jane-"),
        ("root@example.test", "root-"),
        ("jo@example.test", "jo-"),
    ] {
        let slug = world.console.create_first_account(email, None).await.unwrap().workspace;
        let suffix = slug.strip_prefix(expected).unwrap_or_else(|| panic!("{slug}"));
        let hex = suffix.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(hex && suffix.len() == if expected.ends_with('-') { 6 } else { 0 }, "{slug}");
    }
}

/// A command line that works on the same file is another process: what it changes is seen within a second.
#[actix_web::test]
async fn changes_of_other_processes_are_seen_within_a_second() {
    let world = World::new();
    assert_eq!(world.console.workspace("ada").await.unwrap(), None);
    let config = ConsoleConfig {
        database: control_store::Place::File(world.database()),
        keys: keys(),
        regions: Vec::new(),
        sign_up: SignUp::Closed,
        origins: Settings::default().origins,
        trusted_proxies: Vec::new(),
    };
    let other = Console::open(config, world.clock.clone(), Arc::new(SeededChance::new(9))).unwrap();
    other.create_first_account("ada@example.test", None).await.unwrap();
    assert_eq!(world.console.workspace("ada").await.unwrap(), None, "the answer is kept");
    world.advance(1);
    assert!(world.console.workspace("ada").await.unwrap().is_some());
}

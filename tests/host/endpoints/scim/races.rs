//! Several administrators at once, whose requests interleave at every call of an object and die between any two of them:
//! a name never belongs to two users, nothing that was acknowledged is lost, and what was interrupted is completed or
//! frees its names.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use crate::support::clients_platform::ISSUER;
use crate::support::person::credential;
use crate::support::platform::{Answer, Running, World, administration, request, step};
use grantry::base::{AccountId, Seconds};
use grantry::endpoints::UserTag;
use grantry::http::{Method, Request};
use grantry::lifetimes::LEASE;
use grantry::oauth::person::profile::Profile;
use grantry::seal::Life;
use grantry::seal::browser::{Browser, BrowserId, SessionRef};
use grantry::sign_in::login_name::LoginName;
use grantry::store::account::{Credential, PersonRecord, ReadProfile};
use grantry::store::directory::Find;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::Config;
use serde_json::{Value, json};

const PERSON: &str = "urn:grantry:params:scim:schemas:1.0:Person";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const NAMES: [&str; 3] = ["ada", "grace", "mary"];
const EMAILS: [&str; 2] = ["one@example.com", "two@example.com"];

/// A request of an administrator.
#[derive(Clone, Debug)]
enum Wish {
    Create {
        name: usize,
        email: Option<usize>,
    },
    Rename {
        whom: Index,
        name: usize,
    },
    /// Gives an address and says that it is verified, or takes all addresses away.
    Address {
        whom: Index,
        email: Option<usize>,
    },
    Replace {
        whom: Index,
        name: usize,
        email: Option<usize>,
    },
    Title {
        whom: Index,
    },
    Read {
        whom: Index,
    },
    Delete {
        whom: Index,
    },
    /// A user deletes their own account.
    Leave {
        whom: Index,
    },
}

#[derive(Clone, Debug)]
enum Op {
    Begin(Wish),
    /// One request under way makes so many steps.
    Step(Index, usize),
    /// One request under way dies.
    Kill(Index),
    Wait(i64),
}

fn wishes() -> impl Strategy<Value = Wish> {
    let (name, email) = (0..NAMES.len(), prop::option::weighted(0.6, 0..EMAILS.len()));
    let whom = any::<Index>;
    prop_oneof![
        5 => (name.clone(), email.clone()).prop_map(|(name, email)| Wish::Create { name, email }),
        5 => (whom(), name.clone()).prop_map(|(whom, name)| Wish::Rename { whom, name }),
        3 => (whom(), email.clone()).prop_map(|(whom, email)| Wish::Address { whom, email }),
        3 => (whom(), name, email).prop_map(|(whom, name, email)| Wish::Replace { whom, name, email }),
        1 => whom().prop_map(|whom| Wish::Title { whom }),
        1 => whom().prop_map(|whom| Wish::Read { whom }),
        2 => whom().prop_map(|whom| Wish::Delete { whom }),
        2 => whom().prop_map(|whom| Wish::Leave { whom }),
    ]
}

fn ops() -> impl Strategy<Value = Op> {
    let lease = i64::from(LEASE.get());
    let waits = select(vec![1, 60, lease - 61, lease - 60, lease - 1, lease, lease + 1]);
    prop_oneof![
        6 => wishes().prop_map(Op::Begin),
        14 => (any::<Index>(), 1..4_usize).prop_map(|(which, times)| Op::Step(which, times)),
        3 => any::<Index>().prop_map(Op::Kill),
        2 => waits.prop_map(Op::Wait),
    ]
}

/// Few users, few requests at a time, few names: changes of names that meet each other all the time.
fn crowded() -> impl Strategy<Value = Op> {
    let whom = any::<Index>;
    let (name, email) = (1..NAMES.len(), prop::option::weighted(0.7, Just(0_usize)));
    let wishes = prop_oneof![
        2 => (name.clone(), email.clone()).prop_map(|(name, email)| Wish::Create { name, email }),
        4 => (whom(), name).prop_map(|(whom, name)| Wish::Rename { whom, name }),
        4 => (whom(), email).prop_map(|(whom, email)| Wish::Address { whom, email }),
        1 => whom().prop_map(|whom| Wish::Delete { whom }),
        1 => whom().prop_map(|whom| Wish::Leave { whom }),
    ];
    let lease = i64::from(LEASE.get());
    prop_oneof![
        4 => wishes.prop_map(Op::Begin),
        9 => (any::<Index>(), 1..7_usize).prop_map(|(which, times)| Op::Step(which, times)),
        1 => any::<Index>().prop_map(Op::Kill),
        2 => select(vec![lease - 60, lease]).prop_map(Op::Wait),
    ]
}

fn person(name: usize, email: Option<usize>) -> Value {
    let emails: Vec<_> = email.iter().map(|email| EMAILS[*email]).collect();
    json!({"schemas": [USER], "userName": NAMES[name], "emails": emails, PERSON: {"emailVerified": true}})
}

/// The names with which a user of this profile signs in.
fn names_of(profile: &Profile) -> Vec<String> {
    let email = profile.email().filter(|_| profile.email_verified);
    [Some(profile.user_name.as_str()), email].into_iter().flatten().map(ToOwned::to_owned).collect()
}

struct Asked {
    wish: Wish,
    /// The user whom the request is about, if that is known.
    sub: Option<String>,
}

/// What the administrators know.
struct Story<'a> {
    world: &'a World,
    running: Vec<(Asked, Running<'a>)>,
    /// Users whose creation was acknowledged.
    acknowledged: BTreeSet<String>,
    /// Users whose deletion was requested, with or without an answer.
    doomed: BTreeSet<String>,
}

impl<'a> Story<'a> {
    fn new(world: &'a World) -> Self {
        let mut story = Self { world, running: Vec::new(), acknowledged: BTreeSet::new(), doomed: BTreeSet::new() };
        story.acknowledged = story.people().into_iter().map(|person| person.sub).collect();
        story
    }

    /// A user who exists or was deleted.
    fn somebody(&self, whom: Index) -> Option<String> {
        let known: Vec<_> = self.acknowledged.iter().cloned().collect();
        (!known.is_empty()).then(|| whom.get(&known).clone())
    }

    fn begin(&mut self, wish: Wish, most: usize) {
        if self.running.len() >= most {
            return;
        }
        if let Wish::Leave { whom } = wish {
            self.leave(whom, wish);
            return;
        }
        let operate = |operation: Value| {
            let patch_op = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
            (Method::Patch, json!({"schemas": [patch_op], "Operations": [operation]}))
        };
        let (whom, (method, body)) = match &wish {
            Wish::Create { name, email } => (None, (Method::Post, person(*name, *email))),
            Wish::Rename { whom, name } => {
                (Some(whom), operate(json!({"op": "replace", "path": "userName", "value": NAMES[*name]})))
            }
            Wish::Address { whom, email: Some(email) } => {
                let value = json!({"emails": [EMAILS[*email]], PERSON: {"emailVerified": true}});
                (Some(whom), operate(json!({"op": "replace", "value": value})))
            }
            Wish::Address { whom, email: None } => (Some(whom), operate(json!({"op": "remove", "path": "emails"}))),
            Wish::Replace { whom, name, email } => (Some(whom), (Method::Put, person(*name, *email))),
            Wish::Title { whom } => (Some(whom), operate(json!({"op": "add", "path": "title", "value": "Dr."}))),
            Wish::Read { whom } => (Some(whom), (Method::Get, Value::Null)),
            Wish::Delete { whom } | Wish::Leave { whom } => (Some(whom), (Method::Delete, Value::Null)),
        };
        let sub = match whom.map(|whom: &Index| self.somebody(*whom)) {
            None => None,
            Some(None) => return,
            Some(sub) => sub,
        };
        if matches!(wish, Wish::Delete { .. }) {
            self.doomed.extend(sub.clone());
        }
        let path = sub.iter().fold("/scim/v2/Users".to_owned(), |path, sub| format!("{path}/{sub}"));
        let request: Request = administration(method, &path, &body.to_string());
        self.running.push((Asked { wish, sub }, self.world.start(request)));
    }

    /// Signs a user who exists in, and sends their request to delete the account, with their current name.
    fn leave(&mut self, whom: Index, wish: Wish) {
        let ids: Vec<AccountId> = self.world.accounts.borrow().keys().copied().collect();
        let alive: Vec<(AccountId, PersonRecord)> =
            ids.into_iter().filter_map(|id| Some((id, self.world.account(id, ReadProfile {}).ok()?))).collect();
        let alive: Vec<_> = alive.into_iter().filter(|(_, person)| self.acknowledged.contains(&person.sub)).collect();
        if alive.is_empty() {
            return;
        }
        let (account, person) = whom.get(&alive).clone();
        let (now, expires_at) = (self.world.at(), self.world.at().plus(Seconds::DAY));
        let Credential { parameters, verifier } = credential();
        let password = [parameters.into(), verifier.into()];
        self.world.accounts.borrow()[&account].arrange("UPDATE head SET password = ?, verifier = ?", &password);
        let session = self.world.sign_in(account, expires_at);
        let browser = Browser::new(BrowserId([3; 16])).with_current(SessionRef { account, session });
        let sealer = &self.world.clients.config.sealer;
        let cookie = sealer.seal(&browser, Life { sealed_at: now, expires_at }, self.world.clients.random());
        let cookie = ["__Host-grantry=", &cookie.expect("sealed")].concat();
        let form = "application/x-www-form-urlencoded";
        let headers = [("cookie", cookie.as_str()), ("origin", ISSUER), ("content-type", form)];
        let body = format!(
            "action=delete-account&username={}&user={}",
            person.profile.user_name,
            UserTag::of(account).as_str()
        );
        self.doomed.insert(person.sub.clone());
        let asked = Asked { wish, sub: Some(person.sub) };
        self.running.push((asked, self.world.start(request(Method::Post, "/account", &headers, &body))));
    }

    fn step(&mut self, which: Index, times: usize) -> Result<(), TestCaseError> {
        for _ in 0..times {
            if self.running.is_empty() {
                return Ok(());
            }
            let index = which.index(self.running.len());
            if let Some(answer) = step(&mut self.running[index].1) {
                let (request, _) = self.running.remove(index);
                self.answered(&request, &answer)?;
                return Ok(());
            }
        }
        Ok(())
    }

    fn answered(&mut self, request: &Asked, answer: &Answer) -> Result<(), TestCaseError> {
        let legal: &[u16] = match request.wish {
            Wish::Create { .. } => &[201, 409, 503],
            Wish::Delete { .. } => &[204, 404],
            // 400: the user has another name by now.
            Wish::Leave { .. } => &[303, 400],
            Wish::Read { .. } => &[200, 404],
            // 503: others kept changing the same user, or the lease ended.
            _ => &[200, 404, 409, 503],
        };
        prop_assert!(legal.contains(&answer.status), "{:?}: {} {}", request.wish, answer.status, answer.body);
        if answer.status == 201 {
            self.acknowledged.extend(answer.json["id"].as_str().map(ToOwned::to_owned));
        }
        if answer.status == 303 {
            let still = self.people().into_iter().any(|person| Some(&person.sub) == request.sub.as_ref());
            prop_assert!(!still, "{:?} was told that the account is deleted, and still exists", request.sub);
        }
        if answer.status == 404 {
            let sub = request.sub.as_ref().expect("the user whom the request was about");
            prop_assert!(self.doomed.contains(sub), "{sub} is lost: {:?}", request.wish);
        }
        Ok(())
    }

    /// All accounts that are there.
    fn people(&self) -> Vec<PersonRecord> {
        let ids: Vec<_> = self.world.accounts.borrow().keys().copied().collect();
        ids.into_iter().filter_map(|id| self.world.account(id, ReadProfile {}).ok()).collect()
    }

    /// At every moment: no name belongs to two accounts, and where the directory leads is where the account agrees, or
    /// would if what is under way were completed.
    fn holds(&self) -> Result<(), TestCaseError> {
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for person in self.people() {
            for name in names_of(&person.profile) {
                if let Some(other) = owners.insert(name.clone(), person.sub.clone()) {
                    return Err(TestCaseError::fail(format!("{name} belongs to {other} and {}", person.sub)));
                }
            }
        }
        for name in NAMES.iter().chain(&EMAILS) {
            let found = self.world.directory(Find { login: LoginName::parse(name).expect("a name") });
            if let (Some(found), Some(owner)) = (found, owners.get(*name)) {
                prop_assert_eq!(&found.sub, owner, "{} leads elsewhere", name);
            }
        }
        Ok(())
    }

    /// All requests die. After a lease, new requests for the same names find everything in order.
    fn ends(mut self) -> Result<(), TestCaseError> {
        self.running.clear();
        self.world.takes_turns.set(false);
        self.world.pass(i64::from(LEASE.get()));
        let users = "/scim/v2/Users";
        let newcomers = [(0, None), (1, None), (2, None)].into_iter().chain([(0, Some(0)), (0, Some(1))]);
        for (index, (name, email)) in newcomers.enumerate() {
            let mut body = person(name, email);
            if email.is_some() {
                body["userName"] = format!("newcomer{index}").into();
            }
            let answer = self.world.send(administration(Method::Post, users, &body.to_string()));
            prop_assert!([201, 409].contains(&answer.status), "{} {}", answer.status, answer.body);
            let wanted = email.map_or(NAMES[name], |email| EMAILS[email]);
            let owners: Vec<_> = self
                .people()
                .into_iter()
                .filter(|person| names_of(&person.profile).contains(&wanted.to_owned()))
                .collect();
            prop_assert_eq!(owners.len(), 1, "{} has no owner although it is taken", wanted);
            self.holds()?;
        }
        for sub in &self.acknowledged {
            let status = self.world.send(administration(Method::Get, &format!("{users}/{sub}"), "")).status;
            let doomed = self.doomed.contains(sub);
            prop_assert!(status == 200 || (status == 404 && doomed), "{} is lost: {}", sub, status);
        }
        for person in self.people() {
            for name in names_of(&person.profile) {
                let login = LoginName::parse(&name).expect("a name");
                let found = self.world.directory(Find { login }).map(|found| found.sub);
                prop_assert_eq!(found.as_ref(), Some(&person.sub), "{} cannot sign in as {}", person.sub, name);
            }
        }
        Ok(())
    }
}

fn config() -> Config {
    let cases = env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300);
    Config { cases, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    // spec: RFC 7643 section 4.1.1 - a user name belongs to one user at every moment, however requests interleave or die
    #[test]
    fn names_survive_races_and_deaths(ops in prop::collection::vec(ops(), 1..80)) {
        let world = World::new();
        run(&world, ops, usize::MAX)?;
    }

    // spec: RFC 7643 section 4.1.1 - a user name belongs to one user at every moment, also among many changes of few names
    #[test]
    fn names_survive_a_crowd(ops in prop::collection::vec(crowded(), 8..40)) {
        let world = World::new();
        for (name, email) in [(0, Some(0)), (1, None)] {
            let body = person(name, email).to_string();
            assert_eq!(world.send(administration(Method::Post, "/scim/v2/Users", &body)).status, 201);
        }
        run(&world, ops, 3)?;
    }
}

fn run(world: &World, ops: Vec<Op>, most: usize) -> Result<(), TestCaseError> {
    world.takes_turns.set(true);
    let mut story = Story::new(world);
    for op in ops {
        match op {
            Op::Begin(wish) => story.begin(wish, most),
            Op::Step(which, times) => story.step(which, times)?,
            Op::Kill(which) => {
                if !story.running.is_empty() {
                    let index = which.index(story.running.len());
                    drop(story.running.remove(index));
                }
            }
            Op::Wait(seconds) => world.pass(seconds),
        }
        story.holds()?;
    }
    story.ends()
}

//! Generated sequences of changes, questions, alarms and crashes against the registry, a KV that may be arbitrarily stale,
//! and two isolates: KV can only make an answer older, and every change gets there.

use std::collections::BTreeMap;

use crate::support::clients_platform::{Crash, World, access, client, id};
use grantry::lookup::client::{self, Freshness};
use grantry::oauth::client::{Client, ClientVersion};
use grantry::seal::client_record::Recorded;
use grantry::store::registry::{Delete, Denied, Publish, Register, Registered, next_put};
use grantry::store::sql::Sql as _;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

#[derive(Clone, Copy, Debug)]
enum Op {
    Register(usize),
    Update(usize),
    Delete(usize),
    Publish(usize),
    Alarm(Crash),
    /// An alarm during which a client is updated, after so many puts.
    AlarmAndUpdate(usize, usize),
    Find {
        isolate: usize,
        client: usize,
        lag: usize,
        freshness: Wanted,
    },
    Pass(i64),
}

#[derive(Clone, Copy, Debug)]
enum Wanted {
    Cached,
    /// Counted from the newest version backwards.
    AtLeast(u32),
    Now,
}

const CLIENTS: [&str; 3] = ["alpha", "beta", "gamma"];

fn op() -> impl Strategy<Value = Op> {
    let client = || 0..CLIENTS.len();
    let crash = || {
        prop_oneof![
            4 => Just(Crash::Never),
            1 => (0_usize..3).prop_map(Crash::BeforePut),
            1 => (0_usize..3).prop_map(Crash::AfterPut),
        ]
    };
    let wanted =
        || prop_oneof![3 => Just(Wanted::Cached), 2 => (0_u32..3).prop_map(Wanted::AtLeast), 1 => Just(Wanted::Now)];
    prop_oneof![
        2 => client().prop_map(Op::Register),
        3 => client().prop_map(Op::Update),
        1 => client().prop_map(Op::Delete),
        1 => client().prop_map(Op::Publish),
        4 => crash().prop_map(Op::Alarm),
        2 => (0_usize..3, client()).prop_map(|(puts, client)| Op::AlarmAndUpdate(puts, client)),
        8 => (0_usize..2, client(), 0_usize..4, wanted())
            .prop_map(|(isolate, client, lag, freshness)| Op::Find { isolate, client, lag, freshness }),
        3 => select(vec![0, 1, 15, 29, 30, 31, 119, 120, 500]).prop_map(Op::Pass),
    ]
}

/// What is true of one client: each version with its name, or `None` where it was deleted.
#[derive(Default)]
struct History(Vec<Option<String>>);

impl History {
    fn version(&self) -> ClientVersion {
        ClientVersion(u32::try_from(self.0.len()).expect("few versions"))
    }

    /// Whether it did not exist at this version or after it.
    fn was_deleted_since(&self, version: u32) -> bool {
        version == 0 || self.0.iter().skip(version.saturating_sub(1) as usize).any(Option::is_none)
    }

    fn lives(&self) -> bool {
        self.0.last().is_some_and(Option::is_some)
    }
}

/// The world and what is true in it.
struct Model {
    world: World,
    histories: Vec<History>,
    registered_at: BTreeMap<usize, i64>,
    /// What an isolate has seen of a client, behind which it must not go back.
    floors: BTreeMap<(usize, usize), ClientVersion>,
    changes: usize,
    crashes: usize,
    republished: usize,
}

impl Model {
    fn new() -> Self {
        let histories = CLIENTS.iter().map(|_| History::default()).collect();
        let (registered_at, floors) = (BTreeMap::new(), BTreeMap::new());
        Self { world: World::new(), histories, registered_at, floors, changes: 0, crashes: 0, republished: 0 }
    }

    fn record(&self, index: usize) -> Client {
        client(CLIENTS[index], &format!("Version {}", self.histories[index].version().0 + 1))
    }

    fn changed(&mut self, index: usize, registered: Result<Registered, Denied>, allowed: bool) {
        assert_eq!(registered.is_ok(), allowed);
        if let Ok(Registered { client, .. }) = registered {
            self.histories[index].0.push(Some(client.registration.name));
            assert_eq!(client.version, self.histories[index].version());
            self.changes += 1;
            self.noted(index);
        }
    }

    /// The isolate that made a change knows its version.
    fn noted(&mut self, index: usize) {
        let version = self.histories[index].version();
        self.world.isolate.set(0);
        client::changed(&self.world, &id(CLIENTS[index]), Some(version));
        self.floors.insert((0, index), version);
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Register(index) => {
                let (attempt, client) = (self.world.attempt(), self.record(index));
                let reply = self.world.ask(Register { attempt, client, access: access(1) });
                if reply.is_ok() {
                    self.registered_at.insert(index, self.world.now.get());
                }
                self.changed(index, reply, !self.histories[index].lives());
            }
            Op::Update(index) => {
                let reply = self.world.ask(self.world.update(self.record(index)));
                self.changed(index, reply, self.histories[index].lives());
            }
            Op::Delete(index) => {
                let reply = self.world.ask(Delete { attempt: self.world.attempt(), id: id(CLIENTS[index]) });
                assert_eq!(reply.is_ok(), self.histories[index].lives());
                if let Ok(version) = reply {
                    self.histories[index].0.push(None);
                    assert_eq!(version, self.histories[index].version());
                    self.changes += 1;
                    self.noted(index);
                }
            }
            Op::Publish(index) => self.counting_republished(|model| {
                model.world.ask(Publish { id: id(CLIENTS[index]) });
            }),
            Op::Alarm(crash) => {
                self.world.ring(crash);
                self.crashes += usize::from(crash != Crash::Never);
            }
            Op::AlarmAndUpdate(puts, index) => {
                let client = self.record(index);
                let mut reply = None;
                self.world.ring_while(Crash::Never, |count| {
                    if count == puts {
                        reply = Some(self.world.ask(self.world.update(client.clone())));
                    }
                });
                if let Some(reply) = reply {
                    self.changed(index, reply, self.histories[index].lives());
                }
            }
            Op::Find { isolate, client, lag, freshness } => {
                self.counting_republished(|model| model.find(isolate, client, lag, freshness));
            }
            Op::Pass(seconds) => self.world.pass(seconds),
        }
    }

    fn counting_republished(&mut self, act: impl FnOnce(&mut Self)) {
        let before = self.world.registry.rows_written();
        act(self);
        self.republished += usize::try_from(self.world.registry.rows_written() - before).expect("few rows");
    }

    fn find(&mut self, isolate: usize, index: usize, lag: usize, wanted: Wanted) {
        self.world.isolate.set(isolate);
        self.world.lag.set(lag);
        let newest = self.histories[index].version();
        let demanded = match wanted {
            Wanted::AtLeast(back) if newest.0 > 0 => newest.0.saturating_sub(back).max(1),
            _ => 0,
        };
        let freshness = match wanted {
            Wanted::AtLeast(_) if newest.0 > 0 => Freshness::AtLeast(ClientVersion(demanded)),
            Wanted::AtLeast(_) | Wanted::Cached => Freshness::Cached,
            Wanted::Now => Freshness::Now,
        };
        let answer = self.world.found(&id(CLIENTS[index]), freshness);
        let history = &self.histories[index];
        let floor = self.floors.entry((isolate, index)).or_insert(ClientVersion(0));
        if let Some(client) = &answer {
            let was = history.0.get(client.version.0 as usize - 1).expect("a version that was");
            assert_eq!(was.as_ref(), Some(&client.registration.name), "what was never true is never answered");
            assert!(client.version.0 >= demanded, "{client:?} is older than {demanded}");
            assert!(history.lives() || isolate != 0, "a deletion is in force at once where it was made");
            assert!(client.version >= *floor, "{client:?} is older than what this isolate has seen");
            *floor = client.version;
        } else {
            // An isolate remembers for 30 s that there was no client, unless it has made one itself.
            let young = self.registered_at.get(&index).is_none_or(|at| self.world.now.get() - at < 30);
            let excused = !history.lives() || (isolate != 0 && history.was_deleted_since(demanded) && young);
            assert!(excused, "there is such a client");
        }
        if freshness == Freshness::Now {
            assert_eq!(answer.map(|client| client.registration.name), history.0.last().cloned().flatten());
            *floor = newest;
        }
    }

    /// Every change has reached KV, and none was put more often than needed.
    fn settle(&mut self) {
        self.world.settle();
        assert_eq!(next_put(&self.world.registry), Ok(None));
        for (name, history) in CLIENTS.iter().zip(&self.histories) {
            let expected = history.0.last();
            let recorded = self.world.recorded_in_kv(&id(name)).map(|recorded| match recorded {
                Recorded::Client(client) => Some((client.registration.name.clone(), client.version)),
                Recorded::Deleted => None,
                Recorded::AskRegistry => panic!("it is replaced the next day"),
            });
            assert_eq!(recorded, expected.map(|name| name.clone().map(|name| (name, history.version()))));
        }
        // What says to ask the registry is replaced the next day, once for each client and day.
        let most = self.changes + self.crashes + self.republished + CLIENTS.len();
        assert!(self.world.puts.get() <= most, "{} puts for {} changes", self.world.puts.get(), self.changes);
    }
}

proptest! {
    // spec: Invariant 6 - whatever KV delays or loses, an answer was true once and never revives a deleted client
    #[test]
    fn kv_can_only_make_an_answer_older(ops in vec(op(), 1..60)) {
        let mut model = Model::new();
        for op in ops {
            model.apply(op);
        }
        model.settle();
    }
}

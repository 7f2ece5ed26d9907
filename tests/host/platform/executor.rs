//! The executor: each task ends once what it waits for has happened, in whatever order wakers are called.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use grantry::platform::executor::{self, Awaited, Begun, Executor};
use proptest::prelude::*;

thread_local! {
    static EXECUTOR: Executor<u32> = const { Executor::new(later) };
    /// The microtasks: which task runs next.
    static LATER: RefCell<VecDeque<u32>> = const { RefCell::new(VecDeque::new()) };
}

fn later(task: u32) {
    LATER.with_borrow_mut(|tasks| tasks.push_back(task));
}

/// The tasks that wait for a microtask. They have to run then.
fn queued() -> Vec<u32> {
    LATER.take().into()
}

fn awaited() -> Awaited<u32> {
    Awaited::new(&EXECUTOR)
}

fn begin(future: impl Future<Output = u32> + 'static) -> Begun<u32> {
    executor::begin(&EXECUTOR, future)
}

/// Begins a task that has to wait.
fn waiting(future: impl Future<Output = u32> + 'static) -> u32 {
    match begin(future) {
        Begun::Waits(number) => number,
        Begun::Ended(outcome) => panic!("it ended with {outcome}"),
    }
}

fn run(task: u32) -> Option<u32> {
    executor::run(&EXECUTOR, task)
}

fn settle(promise: u32, outcome: u32) -> Vec<u32> {
    executor::settle(&EXECUTOR, promise, outcome)
}

/// Something that a task waits for. Each copy can make it happen.
#[derive(Clone, Default)]
struct Event(Rc<RefCell<(bool, Option<Waker>)>>);

impl Event {
    fn happened(&self) -> impl Future<Output = ()> + use<> {
        let Self(event) = self.clone();
        poll_fn(move |context| {
            let mut event = event.borrow_mut();
            event.1 = Some(context.waker().clone());
            if event.0 { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    fn wake(&self) {
        let waker = self.0.borrow().1.clone();
        waker.expect("a task waits for it").wake();
    }

    fn happen(&self) {
        self.0.borrow_mut().0 = true;
        self.wake();
    }
}

/// Wakes its own task while it is polled.
fn yielded() -> impl Future<Output = ()> {
    let mut first = true;
    poll_fn(move |context| {
        if std::mem::take(&mut first) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
}

#[test]
fn a_task_that_does_not_wait_ends_where_it_begins() {
    assert_eq!(begin(async { 7 }), Begun::Ended(7));
    let settled_before = awaited();
    assert!(settle(settled_before.number(), 8).is_empty());
    assert_eq!(begin(settled_before), Begun::Ended(8));
}

#[test]
fn a_task_continues_in_the_event_that_settles_its_promise() {
    let (first, second) = (awaited(), awaited());
    let promises = [first.number(), second.number()];
    let task = waiting(async { first.await + second.await });
    assert_eq!(settle(promises[0], 3), [task]);
    assert_eq!(run(task), None, "it waits for the second promise now");
    assert_eq!(settle(promises[1], 4), [task]);
    assert_eq!(run(task), Some(7));
    assert_eq!(run(task), None, "it has ended");
    assert!(queued().is_empty(), "no microtask was needed");
}

#[test]
fn a_task_that_wakes_itself_while_it_is_polled_runs_again() {
    let task = waiting(async {
        yielded().await;
        yielded().await;
        5
    });
    assert_eq!(queued(), [task]);
    assert_eq!(run(task), None);
    assert_eq!(queued(), [task]);
    assert_eq!(run(task), Some(5));
    assert!(queued().is_empty());
}

#[test]
fn a_task_that_is_to_run_while_it_is_polled_is_polled_again() {
    let promise = awaited();
    let number = promise.number();
    let (own, polls) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let task = waiting({
        let (own, polls) = (Rc::clone(&own), Rc::clone(&polls));
        async move {
            promise.await;
            poll_fn(|_| {
                polls.set(polls.get() + 1);
                if polls.get() == 1 {
                    assert_eq!(run(own.get()), None, "it runs already");
                    return Poll::Pending;
                }
                Poll::Ready(polls.get())
            })
            .await
        }
    });
    own.set(task);
    assert_eq!(settle(number, 0), [task]);
    assert_eq!(run(task), Some(2));
}

#[test]
fn a_task_that_is_woken_twice_ends_once() {
    let event = Event::default();
    let happened = event.happened();
    let task = waiting(async {
        happened.await;
        1
    });
    event.wake();
    event.wake();
    assert_eq!(queued(), [task, task]);
    assert_eq!((run(task), run(task)), (None, None), "nothing has happened");
    event.happen();
    event.happen();
    assert_eq!(queued(), [task, task]);
    assert_eq!((run(task), run(task)), (Some(1), None));
    event.wake();
    let next = waiting(pending());
    assert!(!queued().contains(&next), "a waker that is left over wakes no other task");
}

#[test]
fn a_task_wakes_another_one() {
    let event = Event::default();
    let happened = event.happened();
    let woken = waiting(async {
        happened.await;
        2
    });
    let promise = awaited();
    let number = promise.number();
    let waker = waiting(async move {
        let value = promise.await;
        event.happen();
        value
    });
    assert_eq!(settle(number, 1), [waker]);
    assert_eq!(run(waker), Some(1));
    assert_eq!(queued(), [woken], "in an event of its own: the first task was still running");
    assert_eq!(run(woken), Some(2));
}

#[test]
fn a_task_that_never_ends_holds_no_other() {
    let stuck = waiting(pending());
    let promise = awaited();
    let number = promise.number();
    let task = waiting(promise);
    assert_eq!(run(stuck), None);
    assert_eq!(settle(number, 6), [task]);
    assert_eq!(run(task), Some(6));
    assert_eq!(run(stuck), None);
    assert_eq!(begin(async { 9 }), Begun::Ended(9));
}

#[test]
fn what_was_dropped_is_not_woken() {
    let (slow, quick) = (awaited(), awaited());
    let (slow_number, quick_number) = (slow.number(), quick.number());
    let held = Rc::new(());
    let task = waiting({
        let held = Rc::clone(&held);
        async move {
            let (mut slow, mut quick) = (slow, quick);
            let outcome = poll_fn(|context| match Pin::new(&mut quick).poll(context) {
                Poll::Pending => Pin::new(&mut slow).poll(context),
                ready @ Poll::Ready(_) => ready,
            })
            .await;
            drop((slow, held));
            yielded().await;
            outcome
        }
    });
    assert_eq!(settle(quick_number, 1), [task]);
    assert_eq!(run(task), None);
    assert!(settle(slow_number, 2).is_empty(), "nobody waits for the promise");
    assert_eq!(queued(), [task]);
    assert_eq!(run(task), Some(1));
    assert_eq!(Rc::strong_count(&held), 1, "what the task held is gone");
}

#[test]
fn nothing_is_left_of_a_task_that_has_ended() {
    let before = EXECUTOR.with(|executor| format!("{executor:?}"));
    let held = Rc::new(());
    let promise = awaited();
    let number = promise.number();
    let inside = Rc::clone(&held);
    let task = waiting(async move {
        let outcome = promise.await;
        drop(inside);
        outcome
    });
    assert_eq!(Rc::strong_count(&held), 2);
    assert_ne!(EXECUTOR.with(|executor| format!("{executor:?}")), before);
    settle(number, 1);
    assert_eq!(run(task), Some(1));
    assert_eq!(Rc::strong_count(&held), 1);
    assert_eq!(EXECUTOR.with(|executor| format!("{executor:?}")), before);
}

/// What a task does in a step.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Waits for a promise.
    Await,
    /// Wakes itself.
    Yield,
    /// Waits for one of two promises, and drops the other one.
    Race,
}

/// The promises that are not settled yet.
type Promises = Rc<RefCell<Vec<u32>>>;

fn promised(promises: &Promises) -> Awaited<u32> {
    let promise = awaited();
    promises.borrow_mut().push(promise.number());
    promise
}

async fn steps(steps: Vec<Step>, promises: Promises) -> u32 {
    let mut done = 0;
    for step in steps {
        done += match step {
            Step::Await => promised(&promises).await,
            Step::Yield => {
                yielded().await;
                1
            }
            Step::Race => {
                let (mut one, mut other) = (promised(&promises), promised(&promises));
                poll_fn(|context| match Pin::new(&mut one).poll(context) {
                    Poll::Pending => Pin::new(&mut other).poll(context),
                    ready @ Poll::Ready(_) => ready,
                })
                .await
            }
        };
    }
    done
}

proptest! {
    #[test]
    fn every_task_ends_in_whatever_order_its_events_come(
        tasks in prop::collection::vec(
            prop::collection::vec(prop::sample::select(vec![Step::Await, Step::Yield, Step::Race]), 0..6), 1..6,
        ),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
    ) {
        let promises = Promises::default();
        let mut expected: Vec<(u32, u32)> = Vec::new();
        for list in tasks {
            let length = u32::try_from(list.len()).expect("a short list");
            match begin(steps(list, Rc::clone(&promises))) {
                Begun::Ended(outcome) => prop_assert_eq!(outcome, length),
                Begun::Waits(task) => expected.push((task, length)),
            }
        }
        let mut order = order.into_iter().cycle();
        loop {
            let open = promises.borrow().len();
            let queued = LATER.with_borrow(VecDeque::len);
            if open + queued == 0 {
                break;
            }
            let pick = order.next().expect("it never ends").index(open + queued);
            let woken = if pick < open {
                let promise = promises.borrow_mut().swap_remove(pick);
                settle(promise, 1)
            } else {
                LATER.with_borrow_mut(|tasks| tasks.remove(pick - open)).into_iter().collect()
            };
            for task in woken {
                if let Some(outcome) = run(task) {
                    let place = expected.iter().position(|(known, _)| *known == task).expect("it ends once");
                    prop_assert_eq!(outcome, expected.swap_remove(place).1);
                }
            }
        }
        prop_assert!(expected.is_empty(), "these never ended: {:?}", expected);
    }
}

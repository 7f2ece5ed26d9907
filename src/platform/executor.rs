//! Runs futures that wait for promises of the platform.
//!
//! A task runs at once until it has to wait, and continues in the event that settles the promise it waits for. The executor of
//! `wasm-bindgen-futures` adds a microtask before each step, and makes and registers two closures for each promise. A token
//! request has about a dozen steps, so both would cost it time.
//!
//! Other wakers, such as a timer of the `worker` crate, may wake a task before they have finished themselves. Then the task
//! continues later, in an event of its own.
//!
//! Tasks and promises are numbers outside, because JavaScript can hold a number.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::LocalKey;

/// Where a thread has its executor. A [`Waker`] can hold this although an executor never leaves its thread.
pub type Place<T> = &'static LocalKey<Executor<T>>;

/// The tasks of a thread, and the promises that they wait for. `T` is the outcome of both.
pub struct Executor<T: 'static> {
    tasks: RefCell<Numbered<Task<T>>>,
    promises: RefCell<Numbered<Promise<T>>>,
    /// The tasks that a promise has woken while it is being settled.
    woken: RefCell<Option<Vec<u32>>>,
    /// Calls [`run`] for a task in an event of its own.
    later: fn(u32),
}

/// Things by number.
struct Numbered<T> {
    next: u32,
    things: BTreeMap<u32, T>,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

enum Task<T> {
    Waiting(Boxed<T>),
    /// It is being polled; `woken` if it was to run meanwhile.
    Running {
        woken: bool,
    },
}

enum Promise<T> {
    Pending(Option<Waker>),
    Settled(T),
}

/// A task after its first step.
#[derive(Debug, Eq, PartialEq)]
pub enum Begun<T> {
    Ended(T),
    /// The task with this number has to wait.
    Waits(u32),
}

impl<T> Executor<T> {
    #[must_use]
    pub const fn new(later: fn(u32)) -> Self {
        Self {
            tasks: RefCell::new(Numbered::new()),
            promises: RefCell::new(Numbered::new()),
            woken: RefCell::new(None),
            later,
        }
    }

    fn wake(&self, number: u32) {
        let settling = self.woken.borrow_mut().as_mut().map(|woken| woken.push(number)).is_some();
        if !settling {
            (self.later)(number);
        }
    }
}

/// Says how many tasks and promises there are.
impl<T> Debug for Executor<T> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (tasks, promises) = (self.tasks.borrow().things.len(), self.promises.borrow().things.len());
        formatter.debug_struct("Executor").field("tasks", &tasks).field("promises", &promises).finish_non_exhaustive()
    }
}

impl<T> Numbered<T> {
    const fn new() -> Self {
        Self { next: 0, things: BTreeMap::new() }
    }

    fn add(&mut self, thing: T) -> u32 {
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.things.insert(number, thing);
        number
    }
}

/// Wakes the task of its number. It holds no future, because a [`Waker`] is `Send` and our futures are not.
struct Number<T: 'static> {
    place: Place<T>,
    number: u32,
}

impl<T> Wake for Number<T> {
    fn wake(self: Arc<Self>) {
        self.place.with(|executor| executor.wake(self.number));
    }
}

/// Begins a task.
pub fn begin<T>(place: Place<T>, future: impl Future<Output = T> + 'static) -> Begun<T> {
    let number = place.with(|executor| executor.tasks.borrow_mut().add(Task::Running { woken: false }));
    go_on(place, number, Box::pin(future)).map_or(Begun::Waits(number), Begun::Ended)
}

/// Continues a task. Returns its outcome if it ends now.
#[must_use]
pub fn run<T>(place: Place<T>, number: u32) -> Option<T> {
    let future = place.with(|executor| take(&mut executor.tasks.borrow_mut(), number))?;
    go_on(place, number, future)
}

/// The future of a waiting task; none if it has ended. None too if it is running, and it will be polled again.
fn take<T>(tasks: &mut Numbered<Task<T>>, number: u32) -> Option<Boxed<T>> {
    let task = tasks.things.get_mut(&number)?;
    match std::mem::replace(task, Task::Running { woken: false }) {
        Task::Waiting(future) => Some(future),
        Task::Running { .. } => {
            *task = Task::Running { woken: true };
            None
        }
    }
}

/// Polls a task. Returns its outcome, or none if it waits again.
fn go_on<T>(place: Place<T>, number: u32, mut future: Boxed<T>) -> Option<T> {
    let waker = Waker::from(Arc::new(Number { place, number }));
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            place.with(|executor| executor.tasks.borrow_mut().things.remove(&number));
            return Some(outcome);
        }
        future = place.with(|executor| {
            let mut tasks = executor.tasks.borrow_mut();
            let task = tasks.things.get_mut(&number)?;
            if let Task::Running { woken: woken @ true } = task {
                *woken = false;
                return Some(future);
            }
            *task = Task::Waiting(future);
            None
        })?;
    }
}

/// The outcome of a promise, as a future.
pub struct Awaited<T: 'static> {
    place: Place<T>,
    number: u32,
}

impl<T> Awaited<T> {
    #[must_use]
    pub fn new(place: Place<T>) -> Self {
        let number = place.with(|executor| executor.promises.borrow_mut().add(Promise::Pending(None)));
        Self { place, number }
    }

    /// The number under which the promise has to be settled.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }
}

impl<T> Future for Awaited<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.place.with(|executor| {
            let mut promises = executor.promises.borrow_mut();
            if let Some(Promise::Settled(outcome)) = promises.things.remove(&self.number) {
                return Poll::Ready(outcome);
            }
            promises.things.insert(self.number, Promise::Pending(Some(context.waker().clone())));
            Poll::Pending
        })
    }
}

impl<T> Drop for Awaited<T> {
    fn drop(&mut self) {
        // A thread that ends drops its executor, and with it the tasks that wait.
        drop(self.place.try_with(|executor| executor.promises.borrow_mut().things.remove(&self.number)));
    }
}

/// Receives the outcome of a promise. Returns the tasks that have to run now: none if nobody waits for it any more.
pub fn settle<T>(place: Place<T>, number: u32, outcome: T) -> Vec<u32> {
    place.with(|executor| {
        let waiting = {
            let mut promises = executor.promises.borrow_mut();
            let Some(promise) = promises.things.get_mut(&number) else {
                return Vec::new();
            };
            match std::mem::replace(promise, Promise::Settled(outcome)) {
                Promise::Pending(waker) => waker,
                Promise::Settled(_) => None,
            }
        };
        executor.woken.replace(Some(Vec::new()));
        if let Some(waker) = waiting {
            waker.wake();
        }
        executor.woken.take().unwrap_or_default()
    })
}

//! The commands of an object, made from the list of its questions.

/// Makes the enum `Command` of an object from the types of its questions, each an [`Ask`](super::ask::Ask).
macro_rules! commands {
    ($(#[$meta:meta])* $($ask:ident),+ $(,)?) => {
        $(#[$meta])*
        pub enum Command {
            $(
                #[doc = concat!("See [`", stringify!($ask), "`].")]
                $ask($ask),
            )+
        }

        $(
            impl From<$ask> for Command {
                fn from(ask: $ask) -> Self {
                    Self::$ask(ask)
                }
            }
        )+

        impl Command {
            /// What it does beside answering.
            #[must_use]
            pub const fn effects(&self) -> crate::store::ask::Effects {
                match self {
                    $(Self::$ask(_) => crate::store::ask::Effects::of::<$ask>(),)+
                }
            }

            /// Carries it out at `now`, by the object's own clock, as one step.
            ///
            /// # Errors
            /// [`SqlFault`](crate::store::sql::SqlFault) when the database fails; then nothing of the step was kept.
            pub fn carry_out(
                self,
                sql: &dyn crate::store::sql::Sql,
                now: crate::base::UnixTime,
            ) -> Result<crate::store::wire::Encoded, crate::store::sql::SqlFault> {
                let only_reads = self.effects().only_reads;
                let step = || match self {
                    $(Self::$ask(ask) => {
                        crate::store::wire::Encoded::of(&crate::store::ask::Ask::step(ask, sql, now)?)
                    })+
                };
                if only_reads { step() } else { crate::store::sql::atomically(sql, step) }
            }
        }
    };
}
pub(crate) use commands;

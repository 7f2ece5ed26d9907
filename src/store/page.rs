//! Lists are read with one row more than is shown, so that it is known whether there are more.

/// Leaves at most `most` rows, and says whether there were more.
pub(super) fn cut<T>(rows: &mut Vec<T>, most: u32) -> bool {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    more
}

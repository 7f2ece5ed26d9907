//! What an account does with its token families.

use grantry::base::{FamilyId, Seconds, UnixTime};
use grantry::oauth::token::family::{Member, Refusal};
use grantry::store::account::{Inspect, Inspected, Issued, Redeem, Refresh, Revoke};

use super::account::{Account, DAY, Family, MINUTE, MOST_RECENT, Outcome};

impl Account {
    /// Why nothing may be issued from this family at this moment, whatever is presented.
    pub(super) fn objections(&self, now: UnixTime, family: &Redeem) -> Vec<Refusal> {
        let mut reasons = Vec::new();
        if !self.active {
            reasons.push(Refusal::AccountDisabled);
        }
        // "Account epoch (raised by password change, disabling, signing out everywhere)."
        if family.epoch != self.epoch {
            reasons.push(Refusal::EpochChanged);
        }
        if !family.offline && !self.is_alive(now, &family.session) {
            reasons.push(Refusal::SessionEnded);
        }
        match self.grants.get(&(family.client.clone(), family.grant)) {
            None => reasons.push(Refusal::GrantRevoked),
            Some((granted, _)) if !family.scopes.is_within(granted) => reasons.push(Refusal::ScopeNotGranted),
            Some(_) => {}
        }
        reasons
    }

    /// "`redeem` is one `INSERT` of the family row, in the same synchronous step as the checks of session, grant, epoch
    /// and scopes."
    pub(super) fn redeem(&mut self, now: UnixTime, ask: &Redeem) -> Outcome<Issued> {
        if let Some(family) = self.families.get(&ask.family) {
            // "With another code id: plain `invalid_grant`."
            if family.founded.code != ask.code {
                return (0, Err(vec![Refusal::OtherCode]));
            }
            // "The presenter has by then proved to be the right client."
            if family.founded.client != ask.client {
                return (0, Err(vec![Refusal::OtherClient]));
            }
            if family.revoked {
                return (0, Err(vec![Refusal::Revoked]));
            }
            // "The attempt id makes a reply that was lost inside the platform no replay."
            if family.founded.attempt == ask.attempt {
                let objections = self.objections(now, &family.founded);
                let again = if objections.is_empty() { Ok(self.issued(now, family, true)) } else { Err(objections) };
                return (0, again);
            }
            // "A row that exists with this code id: the code was spent before. The presenter has by then proved to be
            // the right client with the right verifier: revoke the family, write the event."
            return (2, Err(vec![self.replayed(ask.family)]));
        }

        let mut reasons = self.objections(now, ask);
        // "It lives 60 s."
        if now >= ask.code_expires_at {
            reasons.push(Refusal::Expired);
        }
        // A code names a session, and needs it even if the family will outlive it.
        if !self.is_alive(now, &ask.session) {
            reasons.push(Refusal::SessionEnded);
        }
        if !reasons.is_empty() {
            return (0, Err(reasons));
        }
        let removed = self.remove_two(now);
        let family = Family {
            founded: ask.clone(),
            used_at: now,
            cur: 1,
            prev: None,
            recent: Vec::new(),
            floor: 0,
            revoked: false,
        };
        let issued = self.issued(now, &family, true);
        self.families.insert(ask.family, family);
        (1 + removed, Ok(issued))
    }

    /// "Refresh, with rotation", and without.
    pub(super) fn refresh(&mut self, now: UnixTime, ask: &Refresh) -> Outcome<Issued> {
        let Some(family) = self.families.get(&ask.family) else {
            return (0, Err(vec![Refusal::Unknown]));
        };
        let mut reasons = self.objections(now, &family.founded);
        if family.founded.client != ask.client {
            reasons.push(Refusal::OtherClient);
        }
        reasons.extend(family.unusable(now));
        // "Checked before; failing them never revokes."
        if !reasons.is_empty() {
            return (0, Err(reasons));
        }

        let mut family = family.clone();
        let hands_out = ask.number != family.cur || ask.rotates;
        let rows = if ask.number == family.cur && !ask.rotates {
            // "Without rotation nothing is written but a daily last-used mark."
            let due = now.since(family.used_at) >= family.slack();
            if due {
                family.used_at = now;
            }
            usize::from(due)
        } else if ask.number == family.cur {
            // "1. n = cur: prev := n, cur := new number, n joins `recent`; answer cur. One row written."
            family.prev = Some((ask.number, now));
            family.issue_new_number(now, ask.number);
            1
        } else if family.is_recent(now, ask.number) {
            // "2. n in `recent`: answer cur again (parallel tabs, lost responses). No write."
            0
        } else if family.is_previous(now, ask.number) {
            // "3. n = prev, up to 24 h: a NEW number becomes cur, the unproven successor is struck out."
            family.issue_new_number(now, ask.number);
            1
        } else {
            // "4. anything else, a struck sibling included: replay. The family is revoked, the event written."
            return (2, Err(vec![self.replayed(ask.family)]));
        };
        let issued = self.issued(now, &family, hands_out);
        self.families.insert(ask.family, family);
        (rows, Ok(issued))
    }

    /// Whether a token is good: nothing is written and no family is revoked.
    pub(super) fn inspect(&self, now: UnixTime, ask: &Inspect) -> Result<Inspected, Vec<Refusal>> {
        let Some(family) = self.families.get(&ask.family) else {
            return Err(vec![Refusal::Unknown]);
        };
        let mut reasons = self.objections(now, &family.founded);
        if family.revoked {
            reasons.push(Refusal::Revoked);
        }
        match ask.member {
            Member::Access(serial) if serial.as_secs() <= family.floor => reasons.push(Refusal::AccessTokenRevoked),
            Member::Access(_) => {}
            Member::Refresh(number) => {
                reasons.extend(family.unusable(now));
                if number != family.cur && !family.is_recent(now, number) && !family.is_previous(now, number) {
                    reasons.extend([Refusal::Expired, Refusal::Unknown]);
                }
            }
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let Redeem { scopes, context, .. } = family.founded.clone();
        Ok(Inspected { sub: self.sub.clone(), scopes, context })
    }

    /// "Revoking an access token raises the family's floor"; revoking a refresh token ends the family.
    pub(super) fn revoke(&mut self, ask: &Revoke) -> usize {
        let Some(family) = self.families.get_mut(&ask.family) else {
            return 0;
        };
        if family.founded.client != ask.client || family.revoked {
            return 0;
        }
        match ask.member {
            Member::Access(serial) if serial.as_secs() <= family.floor => return 0,
            Member::Access(serial) => family.floor = serial.as_secs(),
            Member::Refresh(_) => family.revoked = true,
        }
        1
    }

    /// Revoked, and an event tells of it.
    pub(super) fn replayed(&mut self, family: FamilyId) -> Refusal {
        self.families.get_mut(&family).expect("it was found").revoked = true;
        self.events += 1;
        Refusal::Replayed
    }

    pub(super) fn issued(&self, now: UnixTime, family: &Family, hands_out_refresh: bool) -> Issued {
        let Redeem { refresh, scopes, session, context, .. } = family.founded.clone();
        Issued {
            sub: self.sub.clone(),
            refresh: (refresh.is_some() && hands_out_refresh).then_some(family.cur),
            refresh_ends_at: refresh.map(|lifetime| lifetime.ends_at),
            serial: UnixTime::from_secs(now.as_secs().max(family.floor + 1)),
            scopes,
            session,
            context,
            claims: None,
        }
    }
}

impl Family {
    /// Why no refresh token of this family can be used: "idle and absolute lifetimes always".
    pub(super) fn unusable(&self, now: UnixTime) -> Option<Refusal> {
        if self.revoked {
            return Some(Refusal::Revoked);
        }
        match self.refresh_ends_at() {
            None => Some(Refusal::Unknown),
            Some(end) if now >= end => Some(Refusal::Expired),
            Some(_) => None,
        }
    }

    /// When the refresh tokens end, as far as is known now. The mark is written so seldom that `used_at` can lag behind
    /// the real last use by the slack.
    pub fn refresh_ends_at(&self) -> Option<UnixTime> {
        let lifetime = self.founded.refresh?;
        let idle = self.used_at.as_secs() + i64::from(lifetime.idle.get()) + self.slack();
        Some(lifetime.ends_at.min(UnixTime::from_secs(idle)))
    }

    /// A day, or half of a short idle time.
    pub(super) fn slack(&self) -> i64 {
        self.founded.refresh.map_or(0, |lifetime| DAY.min(i64::from(lifetime.idle.get() / 2)))
    }

    pub(super) fn is_recent(&self, now: UnixTime, number: u32) -> bool {
        self.recent.iter().any(|(recent, at)| *recent == number && now.since(*at) < MINUTE)
    }

    /// The 24 hours count from the first presentation.
    pub(super) fn is_previous(&self, now: UnixTime, number: u32) -> bool {
        self.prev.is_some_and(|(previous, at)| previous == number && now.since(at) < DAY)
    }

    /// "Every issued refresh token has a new number"; the token it is issued for joins `recent`.
    pub(super) fn issue_new_number(&mut self, now: UnixTime, issued_for: u32) {
        self.cur += 1;
        self.used_at = now;
        self.recent.retain(|(_, at)| now.since(*at) < MINUTE);
        self.recent.push((issued_for, now));
        if self.recent.len() > MOST_RECENT {
            self.recent.remove(0);
        }
    }

    /// "A row is removed only when its code's expiry + 5 min AND its last token's expiry have passed."
    pub fn is_removable(&self, now: UnixTime) -> bool {
        now >= self.removable_at()
    }

    /// The last access token can have been issued when the last refresh token ended, or when the family was founded.
    pub fn removable_at(&self) -> UnixTime {
        let last_token = self.refresh_ends_at().unwrap_or(self.used_at).plus(self.founded.access_lifetime);
        self.founded.code_expires_at.plus(Seconds::new(300)).max(last_token)
    }
}

//! Reads single settings and collects what is wrong with them.

use std::collections::BTreeMap;

/// The longest var or secret that the platform stores, in bytes.
const LONGEST: usize = 5_120;

/// One thing that is wrong with the configuration, or that has no effect.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigProblem {
    /// The name of the var or secret.
    pub name: String,
    /// What is wrong with it; never a part of its value.
    pub what: String,
}

/// The vars and secrets by their names, and the problems found so far.
pub(super) struct Reader<'a> {
    vars: &'a BTreeMap<String, String>,
    problems: Vec<ConfigProblem>,
    warnings: Vec<ConfigProblem>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(vars: &'a BTreeMap<String, String>) -> Self {
        Self { vars, problems: Vec::new(), warnings: Vec::new() }
    }

    /// A setting without which nothing is served.
    pub(super) fn required<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        if self.text(name).is_none() {
            self.problem(name, "is missing");
        }
        self.optional(name, parse)
    }

    /// A setting that may be absent. `None` also stands for a malformed value, which has then been reported.
    pub(super) fn optional<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(name)?;
        let parsed = if text.len() > LONGEST {
            Err("must have at most 5 KB, the platform's limit".to_owned())
        } else {
            parse(text)
        };
        parsed.map_err(|what| self.problem(name, what)).ok()
    }

    /// The names of all settings that are there and begin with `prefix`, in alphabetical order.
    pub(super) fn names(&self, prefix: &str) -> Vec<&'a str> {
        let all = self.vars.keys().map(String::as_str);
        all.filter(|name| name.starts_with(prefix) && self.text(name).is_some()).collect()
    }

    pub(super) fn problem(&mut self, name: &str, what: impl Into<String>) {
        self.problems.push(ConfigProblem { name: name.to_owned(), what: what.into() });
    }

    /// Something that keeps nothing from being served.
    pub(super) fn warning(&mut self, name: &str, what: impl Into<String>) {
        self.warnings.push(ConfigProblem { name: name.to_owned(), what: what.into() });
    }

    /// The value and the warnings, or all problems if there are any. `value` is absent only after a problem.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<(T, Vec<ConfigProblem>), Vec<ConfigProblem>> {
        let value = value.filter(|_| self.problems.is_empty()).ok_or(self.problems)?;
        Ok((value, self.warnings))
    }

    /// An empty value counts as absent: `.dev.vars` and dashboards cannot tell the two apart.
    fn text(&self, name: &str) -> Option<&'a str> {
        self.vars.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }
}

/// The words of a setting that is on or off.
pub(super) const SWITCH: [(&str, bool); 2] = [("on", true), ("off", false)];

/// Reads one of a few words, each with its meaning.
pub(super) fn one_of<T: Copy>(words: &[(&str, T)]) -> impl Fn(&str) -> Result<T, String> {
    |text| {
        let meant = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        meant.ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let (last, most) = words.split_last().unwrap_or((&"nothing", &[]));
            format!("must be {} or {last}", most.join(", "))
        })
    }
}

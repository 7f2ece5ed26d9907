//! The shape of the tree, held by machine: dependencies point one way, files of a room form no import circle, and only
//! `src/edge` knows the platform.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer may name those before it. Layers in one row must not name each other.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["lifetimes"],
    &["http"],
    &["jose"],
    &["oauth"],
    &["sign_in", "messages"],
    &["seal"],
    &["store", "pages"],
    &["config"],
    &["platform"],
    &["lookup"],
    &["endpoints", "tasks"],
    &["edge"],
];

/// A source file.
struct Source {
    /// Below `src`.
    path: PathBuf,
    /// The module that it is, for example `["store", "account", "families"]`.
    module: Vec<String>,
    /// What it says, without comments and without its tests.
    code: String,
}

impl Source {
    fn new(path: &Path, text: &str) -> Self {
        let mut module: Vec<String> =
            path.with_extension("").components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        Self { path: path.to_owned(), module, code }
    }

    fn layer(&self) -> &str {
        &self.module[0]
    }

    fn is_index(&self) -> bool {
        self.path.ends_with("mod.rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "lib.rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("readable");
            Source::new(path.strip_prefix(&root).expect("below src"), &text)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// One path of a `use` item: its segments, and the name under which it is known here.
type Import = (Vec<String>, String);

/// Takes a use tree apart: `a::{b, c::d as e}` is `a::b` and `a::c::d`.
fn flatten(tree: &str, prefix: &[String], imports: &mut Vec<Import>) {
    let tree = tree.trim();
    if let Some((before, group)) = tree.split_once('{') {
        let mut prefix = prefix.to_vec();
        prefix.extend(before.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned));
        let group = group.strip_suffix('}').expect("a closed group");
        let (mut depth, mut start) = (0, 0);
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    flatten(&group[start..at], &prefix, imports);
                    start = at + 1;
                }
                _ => {}
            }
        }
        flatten(&group[start..], &prefix, imports);
    } else if !tree.is_empty() {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut segments = prefix.to_vec();
        segments.extend(path.split("::").map(|part| part.trim().to_owned()));
        if segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        let name =
            if alias.is_empty() { segments.last().cloned().unwrap_or_default() } else { alias.trim().to_owned() };
        imports.push((segments, name));
    }
}

/// The `use` items of a file, and whatever else it names by a path that begins with `crate` or `super`.
fn imports(code: &str) -> Vec<Import> {
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split_inclusive(';') {
        let begin = statement.match_indices("use ").map(|(at, _)| at).find(|at| {
            let line = statement[..*at].rsplit('\n').next().unwrap_or_default().trim();
            line.is_empty() || line == "pub" || (line.starts_with("pub(") && line.ends_with(')'))
        });
        match begin {
            Some(at) => {
                flatten(statement[at + 4..].trim_end_matches(';'), &[], &mut found);
                rest.push_str(&statement[..at]);
            }
            None => rest.push_str(statement),
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in rest.match_indices(start) {
            let path: String =
                rest[at..].chars().take_while(|letter| letter.is_alphanumeric() || "_:".contains(*letter)).collect();
            let segments: Vec<String> = path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
            let name = segments.last().cloned().unwrap_or_default();
            found.push((segments, name));
        }
    }
    found
}

/// The crate's files, by module, and what its `mod.rs` files hand on under their own name.
struct Tree {
    files: BTreeMap<Vec<String>, Source>,
    handed_on: BTreeMap<(Vec<String>, String), Vec<String>>,
}

impl Tree {
    fn new(sources: Vec<Source>) -> Self {
        let files: BTreeMap<_, _> = sources.into_iter().map(|source| (source.module.clone(), source)).collect();
        let mut tree = Self { files, handed_on: BTreeMap::new() };
        for source in tree.files.values().filter(|source| source.is_index()) {
            for (segments, name) in imports(&source.code) {
                if let Some(path) = tree.absolute(&source.module, &segments) {
                    tree.handed_on.insert((source.module.clone(), name), path);
                }
            }
        }
        tree
    }

    /// A path of `module` from the crate's root; nothing for another crate's.
    fn absolute(&self, module: &[String], segments: &[String]) -> Option<Vec<String>> {
        let (first, rest) = segments.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let ups = segments.iter().take_while(|part| *part == "super").count();
                Some([&module[..module.len().checked_sub(ups)?], &segments[ups..]].concat())
            }
            _ => self
                .files
                .contains_key(&[module, std::slice::from_ref(first)].concat())
                .then(|| [module, segments].concat()),
        }
    }

    /// The file that defines what an absolute path names.
    fn file(&self, path: &[String]) -> Option<&Source> {
        let length = (1..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]))?;
        let source = &self.files[&path[..length]];
        let name = path.get(length)?;
        match self.handed_on.get(&(source.module.clone(), name.clone())) {
            Some(other) if source.is_index() && other != path => {
                self.file(&[other.as_slice(), &path[length + 1..]].concat())
            }
            _ => Some(source),
        }
    }

    /// The files that each file names.
    fn edges(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        self.files
            .values()
            .map(|source| {
                let named = imports(&source.code)
                    .into_iter()
                    .filter(|_| !source.is_index())
                    .filter_map(|(segments, _)| self.absolute(&source.module, &segments))
                    .filter_map(|path| match self.file(&path) {
                        // A module that is named as a whole.
                        None => self.files.get(&path),
                        found => found,
                    })
                    .map(|other| other.path.as_path())
                    .filter(|other| *other != source.path)
                    .collect();
                (source.path.as_path(), named)
            })
            .collect()
    }

    /// A way from each file that leads back to it, one for each circle's first file.
    fn circles(&self) -> Vec<String> {
        let edges = self.edges();
        let mut found: Vec<String> = Vec::new();
        let mut reported: BTreeSet<&Path> = BTreeSet::new();
        for start in edges.keys() {
            let mut came_from: BTreeMap<&Path, &Path> = BTreeMap::new();
            let mut waiting = vec![*start];
            while let Some(at) = waiting.pop() {
                for next in &edges[at] {
                    if next == start && !reported.contains(start) {
                        let mut way = vec![*start];
                        let mut back = at;
                        while back != *start {
                            way.push(back);
                            back = came_from[back];
                        }
                        reported.extend(&way);
                        way.push(start);
                        way.reverse();
                        found.push(way.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" > "));
                    } else if !came_from.contains_key(next) && next != start {
                        came_from.insert(next, at);
                        waiting.push(next);
                    }
                }
            }
        }
        found
    }
}

/// What is wrong with a file of `layer` that says `code`.
fn violations(layer: &str, code: &str) -> Vec<String> {
    let Some(own) = rank(layer) else {
        return vec![format!("the layer {layer} has no place in the order")];
    };
    let mut found: Vec<String> = imports(code)
        .into_iter()
        .filter(|(segments, _)| segments.first().is_some_and(|first| first == "crate"))
        .filter_map(|(segments, _)| segments.get(1).cloned())
        .filter(|name| name != layer)
        .filter_map(|name| match rank(&name) {
            None => Some(format!("names crate::{name}, which is no layer")),
            Some(other) if other >= own => Some(format!("names crate::{name}, which is not below {layer}")),
            Some(_) => None,
        })
        .collect();
    if layer != "edge" {
        for foreign in ["worker::", "js_sys", "wasm_bindgen", "getrandom", "std::time"] {
            if code.contains(foreign) {
                found.push(format!("names {foreign}"));
            }
        }
        let waits = code.contains("async ") || code.contains(".await");
        if waits && own < rank("platform").expect("a layer") {
            found.push("waits: async begins in the ports".to_owned());
        }
    }
    found
}

#[test]
fn dependencies_point_one_way() {
    let sources = sources();
    assert!(sources.len() > 30, "only {} files were read", sources.len());
    let found: Vec<String> = sources
        .iter()
        .flat_map(|source| {
            let path = source.path.display();
            violations(source.layer(), &source.code).into_iter().map(move |violation| format!("{path}: {violation}"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_imports_form_a_circle() {
    let circles = Tree::new(sources()).circles();
    assert!(circles.is_empty(), "{} circles:\n{}", circles.len(), circles.join("\n"));
}

// What a folder's mod.rs hands on is looked up behind it, so it must hold nothing of its own.
#[test]
fn the_file_of_a_folder_only_declares_and_hands_on() {
    let with_code: Vec<String> = sources()
        .iter()
        .filter(|source| source.is_index())
        .filter(|source| {
            ["fn ", "struct ", "enum ", "trait ", "impl ", "impl<", "const ", "static "]
                .iter()
                .any(|item| source.code.contains(item))
        })
        .map(|source| source.path.display().to_string())
        .collect();
    assert!(with_code.is_empty(), "{}", with_code.join("\n"));
}

/// The command that asks several objects for the same thing, and its answer.
const OF_SEVERAL_OBJECTS: &[&str] = &["Delete", "Denied", "List", "Sweep", "Swept"];

/// The type that a line declares for other files.
fn public_type(line: &str) -> Option<&str> {
    let (visibility, rest) = line.trim_start().split_once(' ')?;
    let (kind, rest) = rest.split_once(' ')?;
    let is_public = visibility == "pub" || (visibility.starts_with("pub(") && visibility.ends_with(')'));
    let is_type = ["struct", "enum", "trait", "union"].contains(&kind);
    let name = rest.split(|letter: char| !letter.is_alphanumeric()).next()?;
    (is_public && is_type && !name.is_empty()).then_some(name)
}

/// The names that more than one file declares.
fn declared_twice(sources: &[Source]) -> Vec<String> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    let mut found = Vec::new();
    for source in sources {
        for name in source.code.lines().filter_map(public_type).filter(|name| !OF_SEVERAL_OBJECTS.contains(name)) {
            if let Some(other) = seen.insert(name, &source.path) {
                found.push(format!("{name}: {} and {}", other.display(), source.path.display()));
            }
        }
    }
    found
}

#[test]
fn no_name_of_a_type_stands_for_two_things() {
    let found = declared_twice(&sources());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_stay_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    collect(&root.join("tests/host"), &mut files);
    for path in files {
        let lines = fs::read_to_string(&path).expect("readable").lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_checks_themselves_can_fail() {
    assert!(violations("jose", "use crate::http::Request;").is_empty());
    for (layer, code) in [
        ("http", "use crate::jose::Algorithm;"),
        ("store", "use crate::pages::Page;"),
        ("oauth", "use crate::{base::UnixTime, store::sql};"),
        ("oauth", "fn f(sql: crate::store::Sql) {}"),
        ("oauth", "let now = worker::Date::now();"),
        ("store", "async fn step() {}"),
        ("endpoints", "use std::time::SystemTime;"),
        ("base", "use crate::nothing::Known;"),
        ("unknown", ""),
    ] {
        assert!(!violations(layer, code).is_empty(), "{layer}: {code}");
    }
    let tree = |files: &[(&str, &str)]| {
        Tree::new(files.iter().map(|(path, text)| Source::new(Path::new(path), text)).collect()).circles()
    };
    let plain = [("a/mod.rs", "mod b;\nmod c;\npub use b::B;"), ("a/b.rs", "use super::c::C;"), ("a/c.rs", "")];
    assert!(tree(&plain).is_empty());
    for c in ["use super::B;", "use crate::a::{B, d::D};", "fn f(b: super::b::B) {}", "use crate::a::b;"] {
        let circle = tree(&[plain[0], plain[1], ("a/c.rs", c)]);
        assert_eq!(circle.len(), 1, "{c}: {circle:?}");
    }
    let twice = ["pub struct Page<'a> {", "pub(super) enum Page {"];
    let twice: Vec<Source> = twice.iter().map(|code| Source::new(Path::new("a/b.rs"), code)).collect();
    assert_eq!(declared_twice(&twice).len(), 1);
    let in_its_tests = "#[cfg(test)]\nmod tests {\n    use super::super::b::B;\n}";
    assert!(tree(&[plain[0], plain[1], ("a/c.rs", in_its_tests)]).is_empty());
}

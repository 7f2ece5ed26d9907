//! The shape of the tree, held by machine: dependencies point one way, and only `src/edge` knows the platform.

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

/// What each source file belongs to and says, without its comments.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "lib.rs"))
        .map(|path| {
            let relative = path.strip_prefix(&root).expect("below src");
            let first = relative.components().next().expect("a component").as_os_str().to_string_lossy();
            let layer = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).expect("readable");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            (layer, relative.to_owned(), code)
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

/// The top modules that `code` names with `crate::`, grouped imports included.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        let grouped = after.strip_prefix('{').map(|group| group.split('}').next().unwrap_or_default());
        for part in grouped.unwrap_or(after).split(',') {
            let name: String =
                part.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            names.push(name);
            if grouped.is_none() {
                break;
            }
        }
    }
    names
}

/// What is wrong with a file of `layer` that says `code`.
fn violations(layer: &str, code: &str) -> Vec<String> {
    let Some(own) = rank(layer) else {
        return vec![format!("the layer {layer} has no place in the order")];
    };
    let mut found: Vec<String> = named(code)
        .into_iter()
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
        .flat_map(|(layer, path, code)| {
            violations(layer, code).into_iter().map(move |violation| format!("{}: {violation}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_stay_small() {
    for (_, path, _) in sources() {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&path)).expect("readable");
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_check_itself_can_fail() {
    assert!(violations("jose", "use crate::http::Request;").is_empty());
    for (layer, code) in [
        ("http", "use crate::jose::Algorithm;"),
        ("store", "use crate::pages::Page;"),
        ("oauth", "use crate::{base::UnixTime, store::sql};"),
        ("oauth", "let now = worker::Date::now();"),
        ("store", "async fn step() {}"),
        ("endpoints", "use std::time::SystemTime;"),
        ("base", "use crate::nothing::Known;"),
        ("unknown", ""),
    ] {
        assert!(!violations(layer, code).is_empty(), "{layer}: {code}");
    }
}

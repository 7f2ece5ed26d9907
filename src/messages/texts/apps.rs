//! The texts of `/apps`, the catalogue of apps.

texts! {
    /// The catalogue of apps.
    AppsTexts {
        title(product) = "Apps for {product}";
        /// The link that connects an app.
        connect = "Connect";
        /// Badge of an app that the user has connected.
        connected = "Connected";
        /// The link to `/account`.
        manage = "Manage your connected apps";
        none = "There are no apps yet.";
        nothing_found(query) = "No apps match {query}. Try fewer or different words.";
        /// Label of the links to other pages, for screen readers.
        pages = "Pages";
        next = "Next page";
        previous = "Previous page";
        search = "Search by name or description";
        search_submit = "Search";
    }
}

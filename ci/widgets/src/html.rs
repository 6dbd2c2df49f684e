//! The part of a page that a widget stands in: what is read without JavaScript and on paper.

/// Text as it can stand in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A table with a header row; the cells are HTML.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let row = |tag: &str, cells: &[String]| {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let header: Vec<String> = header.iter().map(|cell| cell.to_string()).collect();
    let body: String = rows.iter().map(|cells| row("td", cells)).collect();
    format!(
        "<div class=\"table-wrapper\"><table>\n<thead>{}</thead>\n<tbody>\n{body}</tbody></table></div>\n",
        row("th", &header).trim()
    )
}

/// A number in code.
pub fn code(text: impl std::fmt::Display) -> String {
    format!("<code>{}</code>", escape(&text.to_string()))
}

/// The whole figure: `still` is read without JavaScript and on paper, and `needs` are the files of book/widgets that the
/// widget needs besides its own. It has no empty line, at which Markdown would take over.
pub fn figure(widget: &str, caption: &str, still: &str, needs: &[&str]) -> String {
    let needs = [&["shared.css", "shared.js"], needs].concat().join(" ");
    format!(
        "<figure class=\"widget\" data-widget=\"{widget}\" data-needs=\"{needs}\">\n\
         <figcaption id=\"widget-{widget}\">{caption}</figcaption>\n<div class=\"widget-still\">\n{still}</div>\n</figure>\n"
    )
}

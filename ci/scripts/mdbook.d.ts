/** From a page of the book to its root, as mdBook says it in every page: "", "../". */
declare const path_to_root: string;

/** The library that draws the diagrams. */
declare const mermaid: {
    initialize(settings: { startOnLoad: boolean; theme: string; themeVariables?: Record<string, string> }): void;
    run(what: { nodes: ArrayLike<Element> }): Promise<void>;
};

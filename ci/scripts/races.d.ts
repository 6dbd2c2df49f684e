/** The races that the page's scripts brought, by name: "10-refcount/no-count". */
declare var races: Record<string, RaceData> | undefined;

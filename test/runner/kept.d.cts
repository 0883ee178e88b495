declare const kept: Map<string, unknown>;
export = kept;

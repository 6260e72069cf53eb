export * from "./drafts";

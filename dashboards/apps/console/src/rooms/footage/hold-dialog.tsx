export function HoldDialog(_: any) { return null; }

/** Where the room is. Ways within it are whole: one that is relative would begin at the section that is open. */
export const HERE = "/estate";

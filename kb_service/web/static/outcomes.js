// What became of a suggested solution, in words.

const NAMES = {
  adopted: "已采用",
  edited: "修改后采用",
  rejected: "已否决",
  resolved_with: "已用它解决",
  confirmed: "客户已确认",
  reopened: "用后仍未解决",
};

/** "" for what was only shown or opened. */
export const outcomeName = (outcome) => NAMES[outcome] || "";

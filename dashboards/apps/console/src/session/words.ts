import { words } from "@watchkeeper/ui";

export const table = words(
  {
    product: "值守",
    title: "登录",
    name: "姓名",
    password: "密码",
    enter: "登录",
    elsewhere: "用单位账号登录",
    ended: "登录已结束：账号被停用、角色或密码被更改，登录被结束或已到期。如有疑问请联系管理员",
    noticeFire: "火灾报警以认证的火灾报警控制器为准",
    language: "English",
  },
  {
    product: "Watchkeeper",
    title: "Sign in",
    name: "Name",
    password: "Password",
    enter: "Sign in",
    elsewhere: "Sign in with your organisation",
    ended:
      "Your sign-in has ended: the account was disabled, its role or password was changed, the sign-in was ended, or its time is over. Ask an administrator if in doubt",
    noticeFire: "For fire, the certified fire panel is the authority",
    language: "中文",
  },
);

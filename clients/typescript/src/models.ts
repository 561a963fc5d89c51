import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** What the server needs is not null. */
type Filled<T, K extends keyof T> = Omit<T, K> & { [P in K]: NonNullable<T[P]> };

export type Attachment = Schemas["AttachmentView"];
export type BlockedUser = Schemas["BlockView"];
export type BlockedUserPage = Schemas["BlockedPage"];
export type DeviceSession = Schemas["SessionResponse"];
export type DeviceSessionPage = Schemas["SessionsResponse"];
export type Friend = Schemas["FriendView"];
export type FriendPage = Schemas["FriendPage"];
export type FriendRequestPage = Schemas["OpenRequestsPage"];
export type Friendship = Schemas["FriendshipView"];
export type InviteLink = Schemas["InviteLinkView"];
export type Message = Schemas["MessageView"];
export type MessagePage = Schemas["HistoryPage"];
export type MutedRoom = Schemas["MuteView"];
export type Notification = Schemas["NotificationView"];
export type NotificationActor = Schemas["ActorView"];
export type NotificationPage = Schemas["NotificationPage"];
export type NotificationPreferences = Schemas["PreferencesView"];
export type NotificationsReadState = Schemas["ReadAnswer"];
export type OnlineStatus = Schemas["OnlineStatusView"];
export type OnlineStatusList = Schemas["OnlineStatusesView"];
export type PendingRequestPage = Schemas["PendingRequestsPage"];
export type Person = Schemas["PersonView"];
export type Pin = Schemas["PinView"];
export type PinList = Schemas["PinList"];
export type PrivacySettings = Schemas["PrivacyView"];
export type ProblemDetails = Schemas["ProblemDetails"];
export type QuietHours = Schemas["QuietHoursView"];
export type Reaction = Schemas["ReactionView"];
export type ReadState = Schemas["ReadState"];
export type Room = Schemas["RoomView"];
export type RoomMember = Schemas["MemberView"];
export type RoomPage = Schemas["RoomPage"];
export type UserProfile = Schemas["UserResponse"];
export type UserSearchPage = Schemas["SearchResponse"];

/** What a new user registers with. */
export type Registration = Filled<Schemas["RegisterRequest"], "email" | "username" | "password">;

/** What to change of one's own profile: what is missing stays. */
export type ProfileChange = Schemas["ChangeProfileRequest"];

/** What to change of the privacy settings: what is missing stays. */
export type PrivacyChange = Schemas["ChangePrivacyRequest"];

/** What to change of the preferences: what is missing stays; `quiet_hours: null` ends the quiet hours. */
export type NotificationPreferenceChange = Schemas["ChangePreferencesRequest"];

/** A message to send. With a `client_message_id` it may be sent again. */
export type NewMessage = Filled<Omit<Schemas["SendMessageRequest"], "room_id">, "content">;

/** What a member may do; later servers may have more. */
export type MemberRole = "owner" | "admin" | "member" | (string & {});

/** The answer to a sign-in or a refresh; only a sign-in brings a device token. */
export type Tokens = Schemas["TokenResponse"] & Partial<Pick<Schemas["SignInResponse"], "device_token">>;

export type UserList = Schemas["UsersResponse"];
export type InviteLinkList = Schemas["InviteLinkList"];
export type UserExistsAnswer = Schemas["UserExistsResponse"];

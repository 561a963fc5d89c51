using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;

namespace BigTech.Users.Features;

/// <summary>What the use cases with passwords and refresh tokens need, as one parameter.</summary>
internal readonly record struct SignInServices(
    UserRepository Users, SessionRepository Sessions, PasswordVerifier Passwords, DeviceTokens Devices, AccessTokens Tokens,
    AccountLimits Limits, SessionRules Rules, AddressRepository Addresses, MailOutbox Outbox, UsersOptions Options, TimeProvider Time);

namespace BigTech.Chat.Client;

/// <summary>A sign-in that can be kept and <see cref="ChatSession.Restore">restored</see>. Keep it as private as a password.</summary>
/// <param name="UserId">The user.</param>
/// <param name="AccessToken">For calls; valid for minutes.</param>
/// <param name="RefreshToken">For new tokens; it works once.</param>
/// <param name="ExpiresAt">When the access token expires, by the clock of this machine.</param>
public sealed record SavedSession(long UserId, string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt);

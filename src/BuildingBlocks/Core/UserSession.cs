namespace BigTech.BuildingBlocks.Core;

/// <summary>A user in one of their sessions.</summary>
/// <param name="SessionId">The sign-in that the access token belongs to.</param>
/// <param name="Username">The username in the token.</param>
public abstract record UserSession(long UserId, string SessionId, string Username);

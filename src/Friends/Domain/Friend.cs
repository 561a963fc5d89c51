namespace BigTech.Friends.Domain;

/// <summary>A friend as a user id, without a profile.</summary>
internal sealed record Friend(long FriendshipId, long UserId, DateTimeOffset Since);

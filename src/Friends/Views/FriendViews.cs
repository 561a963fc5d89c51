using System.ComponentModel.DataAnnotations;
using BigTech.Friends.Domain;

namespace BigTech.Friends.Views;

/// <summary>The public profile of a user.</summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="StatusMessage">What the user says about themselves; null for nothing.</param>
/// <param name="ProfileImageUrl">The address of the profile image; null without one.</param>
internal sealed record PersonView(long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl);

/// <summary>A user whom the caller has blocked.</summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="StatusMessage">What the user says about themselves; null for nothing.</param>
/// <param name="ProfileImageUrl">The address of the profile image; null without one.</param>
/// <param name="BlockedAt">When the caller blocked the user.</param>
internal sealed record BlockView(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, DateTimeOffset BlockedAt);

/// <summary>A friend of the caller.</summary>
/// <param name="UserId">The id of the friend.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="StatusMessage">What the user says about themselves; null for nothing.</param>
/// <param name="ProfileImageUrl">The address of the profile image; null without one.</param>
/// <param name="FriendshipId">The id of the friendship.</param>
/// <param name="FriendsSince">When the request was accepted.</param>
/// <param name="IsOnline">Whether the friend is online; null while the server cannot know it.</param>
/// <param name="LastSeenAt">
/// When the friend was last online; null while the friend is online, was never seen, or the time is unknown.
/// </param>
internal sealed record FriendView(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, long FriendshipId,
    DateTimeOffset FriendsSince, bool? IsOnline, DateTimeOffset? LastSeenAt);

/// <summary>A friendship or a request, as one of the two users sees it.</summary>
/// <param name="Id">The <c>request_id</c> of all paths and bodies.</param>
/// <param name="RequesterId">The user who sent the request.</param>
/// <param name="AddresseeId">The user who received it.</param>
/// <param name="Status">
/// <c>pending</c> while the request is open, <c>accepted</c> while the two are friends, <c>rejected</c> by the addressee,
/// <c>cancelled</c> by the requester, <c>ended</c> after a friendship.
/// </param>
/// <param name="Message">What the requester wrote; null for nothing.</param>
/// <param name="CreatedAt">When the request was sent.</param>
/// <param name="UpdatedAt">When its status last changed.</param>
/// <param name="User">The other user of the two.</param>
internal sealed record FriendshipView(
    long Id, long RequesterId, long AddresseeId,
    [property: AllowedValues(
        FriendWireNames.Pending, FriendWireNames.Accepted, FriendWireNames.Rejected, FriendWireNames.Cancelled, FriendWireNames.Ended)]
    string Status,
    string? Message, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, PersonView User);

namespace BigTech.Chat.Client;

/// <summary>A user's profile.</summary>
public sealed record UserProfile
{
    /// <summary>The id of the user in all calls.</summary>
    public long Id { get; init; }

    /// <summary>The e-mail address, on one's own profile only.</summary>
    public string? Email { get; init; }

    /// <summary>Whether that address is verified, on one's own profile only.</summary>
    public bool? EmailVerified { get; init; }

    /// <summary>The unique name: 3 to 50 letters, digits and underscores.</summary>
    public string Username { get => field ?? ""; init; }

    /// <summary>The name to show.</summary>
    public string DisplayName { get => field ?? ""; init; }

    /// <summary>What the user says about themselves; null for nothing.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>The address of the profile image, null without one.</summary>
    public string? ProfileImageUrl { get; init; }

    /// <summary>When the user registered.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the profile last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A page of found users, best matches first.</summary>
public sealed record UserSearchPage
{
    /// <summary>The users of this page.</summary>
    public IReadOnlyList<UserProfile> Users { get => field ?? []; init; }

    /// <summary>How many users were found; the count stops at 1,000.</summary>
    public int TotalCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>What a new user registers with.</summary>
/// <param name="Email">A valid address of at most 255 characters, unique without regard to case.</param>
/// <param name="Username">3 to 50 letters, digits and underscores, unique without regard to case.</param>
/// <param name="Password">8 to 128 characters with a letter and a digit.</param>
/// <param name="DisplayName">The name to show; the username without one.</param>
public sealed record Registration(string Email, string Username, string Password, string? DisplayName = null);

/// <summary>What to change of one's own profile: what is null stays.</summary>
public sealed record ProfileChange
{
    /// <summary>At most 100 characters.</summary>
    public string? DisplayName { get; init; }

    /// <summary>At most 500 characters; empty for none.</summary>
    public string? StatusMessage { get; init; }
}

/// <summary>Who may do what with a user.</summary>
public sealed record PrivacySettings
{
    /// <summary>Who may begin a 1:1 room: one of <see cref="Audience"/>.</summary>
    public string WhoMayMessage { get => field ?? Audience.Everyone; init; }

    /// <summary>Who may add the user to groups: one of <see cref="Audience"/>.</summary>
    public string WhoMayAddToGroups { get => field ?? Audience.Everyone; init; }

    /// <summary>Whether a search for the exact e-mail address finds the user.</summary>
    public bool FindableByEmail { get; init; }
}

/// <summary>What to change of the privacy settings: what is null stays.</summary>
public sealed record PrivacyChange
{
    /// <inheritdoc cref="PrivacySettings.WhoMayMessage"/>
    public string? WhoMayMessage { get; init; }

    /// <inheritdoc cref="PrivacySettings.WhoMayAddToGroups"/>
    public string? WhoMayAddToGroups { get; init; }

    /// <inheritdoc cref="PrivacySettings.FindableByEmail"/>
    public bool? FindableByEmail { get; init; }
}

/// <summary>The values of privacy settings.</summary>
public static class Audience
{
    /// <summary>All users.</summary>
    public const string Everyone = "everyone";

    /// <summary>Friends only.</summary>
    public const string Friends = "friends";
}

/// <summary>A device that is signed in.</summary>
public sealed record DeviceSession
{
    /// <summary>For <see cref="AccountApi.EndSession"/>.</summary>
    public long Id { get; init; }

    /// <summary>What the device called itself, null if it did not.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The address of the last use, null if unknown.</summary>
    public string? IpAddress { get; init; }

    /// <summary>When it signed in.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last renewed its tokens.</summary>
    public DateTimeOffset LastUsedAt { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether it is the session of this call.</summary>
    public bool Current { get; init; }
}

/// <summary>A page of the devices that are signed in.</summary>
public sealed record DeviceSessionPage
{
    /// <summary>The sessions of this page.</summary>
    public IReadOnlyList<DeviceSession> Sessions { get => field ?? []; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>Whether a user is online, as the caller may see it: only friends see each other's presence.</summary>
public sealed record OnlineStatus
{
    /// <summary>The user.</summary>
    public long UserId { get; init; }

    /// <summary>Null while the server cannot know it: keep what you have, and ask again later.</summary>
    public bool? IsOnline { get; init; }

    /// <summary>Null while online, if never online, if hidden, and while unknown.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Whether one hides one's own presence; null for other users.</summary>
    public bool? Invisible { get; init; }
}

/// <summary>The presence of several users.</summary>
public sealed record OnlineStatusList
{
    /// <summary>One for each user that was asked for.</summary>
    public IReadOnlyList<OnlineStatus> Statuses { get => field ?? []; init; }

    /// <summary>Where the stream of presence goes on after this answer.</summary>
    public string LastEventId { get => field ?? ""; init; }
}

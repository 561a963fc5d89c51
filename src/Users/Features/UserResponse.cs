using System.Text.Json.Serialization;
using BigTech.Users.Domain;

namespace BigTech.Users.Features;

/// <summary>A user as others see them; the user's own view includes the e-mail address and whether it is verified.</summary>
/// <param name="Id">The id of the user in all requests.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="StatusMessage">What the user says about themselves; null for nothing.</param>
/// <param name="ProfileImageUrl">The address of the profile image; null without one.</param>
/// <param name="CreatedAt">When the user registered.</param>
/// <param name="UpdatedAt">When the profile last changed.</param>
internal sealed record UserResponse(
    [property: JsonPropertyOrder(-2)] long Id,
    string Username,
    string DisplayName,
    string? StatusMessage,
    string? ProfileImageUrl,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The e-mail address, in the caller's own profile only.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Email { get; init; }

    /// <summary>Whether the user has shown that they read the mails of that address; in the caller's own profile only.</summary>
    [JsonPropertyOrder(-1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EmailVerified { get; init; }

    /// <exception cref="AppError">404: there is no such user.</exception>
    public static UserResponse Own(User? user) =>
        Public(user ?? throw AccountErrors.UserNotFound()) with
        {
            Email = user.Email.Value,
            EmailVerified = user.EmailVerifiedAt is not null,
        };

    public static UserResponse Public(User user) => new(
        user.Id, user.Username.Value, user.Profile.DisplayName.Value, user.Profile.Status?.Value, user.Profile.ImageUrl,
        user.CreatedAt, user.UpdatedAt);

    /// <summary>What <paramref name="viewer"/> may see of a user.</summary>
    public static UserResponse For(long viewer, User user) => viewer == user.Id ? Own(user) : Public(user);
}

/// <summary>Several users.</summary>
/// <param name="Users">Those that exist, each once, in the order of the request.</param>
internal sealed record UsersResponse(IReadOnlyList<UserResponse> Users);

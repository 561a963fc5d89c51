using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>The row of a user.</summary>
internal sealed record UserRow(
    long Id, string Email, string Username, string PasswordHash, string DisplayName, string? StatusMessage, string? ProfileImageUrl,
    long CreatedAt, long UpdatedAt, long? EmailVerifiedAt)
{
    public const string Columns = """
        id AS Id, email AS Email, username AS Username, password_hash AS PasswordHash, display_name AS DisplayName,
        status_message AS StatusMessage, profile_image_url AS ProfileImageUrl, created_at AS CreatedAt, updated_at AS UpdatedAt,
        email_verified_at AS EmailVerifiedAt
        """;

    public User ToUser() => new(
        Id, EmailAddress.FromStore(Email), Domain.Username.FromStore(Username), PasswordHash,
        new Profile(Domain.DisplayName.FromStore(DisplayName), Domain.StatusMessage.FromStore(StatusMessage), ProfileImageUrl),
        DbTime.FromDb(CreatedAt), DbTime.FromDb(UpdatedAt))
    {
        EmailVerifiedAt = DbTime.FromDb(EmailVerifiedAt),
    };
}

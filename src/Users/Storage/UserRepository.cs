using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using BigTech.Users.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>The unique field that conflicts with a new user.</summary>
internal enum Taken
{
    Nothing,
    Email,
    Username,
}

/// <summary>The users. A change and its event are one transaction.</summary>
internal sealed class UserRepository([FromKeyedServices(UsersDatabase.Name)] Store store)
{
    private const string Insert = """
        INSERT INTO users (email, email_key, username, username_key, password_hash, display_name, status_message, profile_image_url,
            created_at, updated_at, email_verified_at, has_search_terms)
        VALUES (@email, @emailKey, @username, @usernameKey, @passwordHash, @displayName, @status, @imageUrl, @createdAt, @updatedAt,
            @verifiedAt, 1)
        """;

    private static readonly DialectSql InsertSql = new(
        Sqlite: $"{Insert} ON CONFLICT DO NOTHING", MySql: $"{Insert} ON DUPLICATE KEY UPDATE id = id");

    private const string TakenSql = """
        SELECT EXISTS (SELECT 1 FROM users WHERE email_key = @emailKey) AS Email,
               EXISTS (SELECT 1 FROM users WHERE username_key = @usernameKey) AS Username
        """;

    private const string UpdateProfileSql = """
        UPDATE users SET display_name = @displayName, status_message = @status, profile_image_url = @imageUrl, updated_at = @updatedAt
        WHERE id = @id
        """;

    private const string ReplacePasswordSql = "UPDATE users SET password_hash = @newHash WHERE id = @id AND password_hash = @oldHash";
    private const string ByIdSql = $"SELECT {UserRow.Columns} FROM users WHERE id = @id";
    private const string ByIdsSql = $"SELECT {UserRow.Columns} FROM users WHERE id IN @ids";
    private const string ByEmailSql = $"SELECT {UserRow.Columns} FROM users WHERE email_key = @emailKey";

    /// <summary>
    /// Whether a name is taken already. Only <see cref="Add(User, Action{UnitOfWork, User})"/> decides; this check avoids needless work.
    /// </summary>
    public ValueTask<Taken> FindTaken(EmailAddress email, Username username, CancellationToken ct) =>
        store.Read(reader => FindTaken(reader, email, username), ct);

    /// <summary>Stores and publishes a new user. The unique indexes decide between concurrent registrations of a name.</summary>
    /// <param name="also">What happens with it.</param>
    /// <returns>The user with an id; or the conflicting field.</returns>
    public Task<(User? Added, Taken Taken)> Add(User user, Action<UnitOfWork, User>? also = null) => store.Write(work =>
    {
        var (added, taken) = Add(work, user);
        if (added is not null) also?.Invoke(work, added);
        return (added, taken);
    });

    /// <summary>The same as a part of other work.</summary>
    public static (User? Added, Taken Taken) Add(UnitOfWork work, User user)
    {
        var inserted = work.Execute(InsertSql, new
        {
            email = user.Email.Value,
            emailKey = user.Email.Key,
            username = user.Username.Value,
            usernameKey = user.Username.Key,
            passwordHash = user.PasswordHash,
            displayName = user.Profile.DisplayName.Value,
            status = user.Profile.Status?.Value,
            imageUrl = user.Profile.ImageUrl,
            createdAt = user.CreatedAt.ToDb(),
            updatedAt = user.UpdatedAt.ToDb(),
            verifiedAt = user.EmailVerifiedAt?.ToDb(),
        });
        if (inserted == 0) return (null, FindTaken(work, user.Email, user.Username).Now());
        var added = user with { Id = work.LastId() };
        SearchTermRows.Add(work, added);
        work.Append(new UserRegistered(
            added.Id, added.Username.Value, added.Profile.DisplayName.Value, added.Profile.ImageUrl, added.CreatedAt));
        return (added, Taken.Nothing);
    }

    public ValueTask<User?> Find(long id, CancellationToken ct) => store.Read(reader => Find(reader, id), ct);

    /// <summary>The existing users of <paramref name="ids"/>, unordered.</summary>
    public ValueTask<List<User>> Find(IReadOnlyCollection<long> ids, CancellationToken ct) =>
        store.Read(reader => Find(reader, ids), ct);

    public ValueTask<User?> FindByEmail(string emailKey, CancellationToken ct) =>
        store.Read(reader => FindByEmail(reader, emailKey), ct);

    /// <summary>Whether there is any user.</summary>
    public ValueTask<bool> Any(CancellationToken ct) =>
        store.Read(async reader => await reader.First<long>("SELECT EXISTS (SELECT 1 FROM users)") == 1, ct);

    public ValueTask<bool> Exists(long id, CancellationToken ct) =>
        store.Read(async reader => await reader.First<long>("SELECT EXISTS (SELECT 1 FROM users WHERE id = @id)", new { id }) == 1, ct);

    /// <summary>Applies a change to the current user and publishes it, unless nothing changes.</summary>
    /// <param name="change">May run more than once.</param>
    /// <returns>The user afterwards; null if there is none.</returns>
    public Task<User?> ChangeProfile(long id, Func<User, User> change) => store.Write(work =>
    {
        if (Find(work, id).Now() is not { } before) return null;
        var after = change(before);
        if (ReferenceEquals(before, after)) return before;
        var profile = after.Profile;
        work.Execute(UpdateProfileSql, new
        {
            id,
            displayName = profile.DisplayName.Value,
            status = profile.Status?.Value,
            imageUrl = profile.ImageUrl,
            updatedAt = after.UpdatedAt.ToDb(),
        });
        SearchTermRows.Replace(work, before, after);
        Append(work, after, PrivacyRows.Find(work, id).Now());
        return after;
    });

    public ValueTask<Privacy> FindPrivacy(long id, CancellationToken ct) => store.Read(reader => PrivacyRows.Find(reader, id), ct);

    /// <summary>Applies a change to the privacy settings of a user and publishes it, unless nothing changes.</summary>
    /// <param name="change">May run more than once.</param>
    /// <returns>The settings afterwards; null if there is no such user.</returns>
    public Task<Privacy?> ChangePrivacy(long id, Func<Privacy, Privacy> change) => store.Write(work =>
    {
        if (Find(work, id).Now() is not { } user) return null;
        var before = PrivacyRows.Find(work, id).Now();
        var after = change(before);
        if (ReferenceEquals(before, after)) return before;
        PrivacyRows.Save(work, id, after);
        Append(work, user, after);
        return after;
    });

    /// <summary>Replaces a password hash, if it is still the one that was checked.</summary>
    /// <returns>False if another change came first.</returns>
    public static bool ReplacePassword(UnitOfWork work, long id, string oldHash, string newHash) =>
        work.Execute(ReplacePasswordSql, new { id, oldHash, newHash }) == 1;

    public static async ValueTask<User?> Find(ReadSession reader, long id) => (await reader.First<UserRow>(ByIdSql, new { id }))?.ToUser();

    public static async ValueTask<User?> FindByEmail(ReadSession reader, string emailKey) =>
        (await reader.First<UserRow>(ByEmailSql, new { emailKey }))?.ToUser();

    public static async ValueTask<List<User>> Find(ReadSession reader, IReadOnlyCollection<long> ids) =>
        ids.Count == 0 ? [] : (await reader.Query<UserRow>(ByIdsSql, new { ids })).ConvertAll(row => row.ToUser());

    private static void Append(UnitOfWork work, User user, Privacy privacy)
    {
        var rules = privacy.ChangedAt is { } at
            ? new UserPrivacy(
                PrivacyWireNames.NameOf(privacy.WhoMayMessage), PrivacyWireNames.NameOf(privacy.WhoMayAddToGroups), at)
            : null;
        var profile = user.Profile;
        work.Append(new UserProfileUpdated(
            user.Id, user.Username.Value, profile.DisplayName.Value, profile.Status?.Value, profile.ImageUrl, user.UpdatedAt, rules));
    }

    private static async ValueTask<Taken> FindTaken(ReadSession reader, EmailAddress email, Username username)
    {
        var taken = (await reader.First<TakenRow>(TakenSql, new { emailKey = email.Key, usernameKey = username.Key }))!;
        return taken.Email == 1 ? Taken.Email : taken.Username == 1 ? Taken.Username : Taken.Nothing;
    }

    // Properties, not constructor parameters: the engines return different types for computed columns.
    private sealed class TakenRow
    {
        public long Email { get; set; }
        public long Username { get; set; }
    }
}

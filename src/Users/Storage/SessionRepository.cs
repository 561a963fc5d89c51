using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>The result of a renewal.</summary>
/// <param name="User">The session's user, if it was renewed, now or a moment ago.</param>
/// <param name="Session">The session afterwards; null if the token is unknown.</param>
internal sealed record RenewalResult(Renewal Outcome, Session? Session, User? User);

/// <summary>A session that was opened.</summary>
/// <param name="Ended">The sessions that ended because the user had too many.</param>
internal sealed record OpenedSession(Session Session, IReadOnlyList<long> Ended);

/// <summary>An open session and the name of its user.</summary>
internal sealed record OpenSession(long Id, string Username, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>
/// The sessions and their refresh tokens. The store's single writer runs all changes, so concurrent changes of a session are serialized.
/// </summary>
internal sealed class SessionRepository([FromKeyedServices(UsersDatabase.Name)] Store store)
{
    private const string Columns = """
        id AS Id, user_id AS UserId, user_agent AS UserAgent, address AS Address, created_at AS CreatedAt,
        last_used_at AS LastUsedAt, expires_at AS ExpiresAt, ended_at AS EndedAt
        """;

    private const string InsertSql = """
        INSERT INTO sessions (user_id, user_agent, address, created_at, last_used_at, expires_at, ended_at)
        VALUES (@userId, @userAgent, @address, @createdAt, @lastUsedAt, @expiresAt, NULL)
        """;

    private const string ActiveSql = $"""
        SELECT {Columns} FROM sessions
        WHERE user_id = @userId AND id < @before AND ended_at IS NULL AND expires_at > @now
        ORDER BY id DESC LIMIT @limit
        """;

    private const string OpenSql = """
        SELECT sessions.id AS Id, users.username AS Username, sessions.created_at AS CreatedAt, sessions.expires_at AS ExpiresAt
        FROM sessions JOIN users ON users.id = sessions.user_id
        WHERE sessions.id = @id AND sessions.user_id = @userId AND sessions.ended_at IS NULL AND sessions.expires_at > @now
        """;

    private const string EndOneSql = """
        UPDATE sessions SET ended_at = @now WHERE id = @id AND user_id = @userId AND ended_at IS NULL AND expires_at > @now
        """;

    private const string SurplusSql = """
        SELECT id FROM sessions WHERE user_id = @userId AND ended_at IS NULL AND expires_at > @now
        ORDER BY id DESC LIMIT 1000000 OFFSET @max
        """;

    private const string EndUpToSql = """
        UPDATE sessions SET ended_at = @now WHERE user_id = @userId AND id <= @newest AND ended_at IS NULL AND expires_at > @now
        """;

    // A token is known for longer than its session, if that ends before its time.
    private const string KnownSql = """
        SELECT session_id AS Id,
            (SELECT COUNT(*) FROM sessions WHERE id = session_id AND ended_at IS NULL AND expires_at > @now) AS IsOpen
        FROM refresh_tokens WHERE hash = @hash
        """;

    private const string OthersSql = "user_id = @userId AND id <> @except AND ended_at IS NULL AND expires_at > @now";

    private static readonly DialectSql DeleteExpiredSql = new(
        Sqlite: "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= @moment LIMIT @chunk)",
        MySql: "DELETE FROM sessions WHERE expires_at <= @moment LIMIT @chunk");

    private static readonly DialectSql DeleteEndedSql = new(
        Sqlite: "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended_at <= @moment LIMIT @chunk)",
        MySql: "DELETE FROM sessions WHERE ended_at <= @moment LIMIT @chunk");

    private static readonly DialectSql DeleteTokensSql = new(
        Sqlite: "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE expires_at <= @moment LIMIT @chunk)",
        MySql: "DELETE FROM refresh_tokens WHERE expires_at <= @moment LIMIT @chunk");

    private const int NoSession = 0;

    /// <summary>Opens a session after a successful password check.</summary>
    /// <param name="checkedHash">The hash that was checked; the session opens only if the user still has it.</param>
    /// <param name="betterHash">A hash to store instead, if there is one.</param>
    /// <param name="maxPerUser">The user's open sessions including this one; the oldest beyond them end.</param>
    /// <returns>The session with its id; null if the password has changed meanwhile.</returns>
    public Task<OpenedSession?> Open(
        Session session, RefreshSecret secret, string checkedHash, string? betterHash, int maxPerUser) => store.Write(work =>
    {
        if (UserRepository.Find(work, session.UserId).Now()?.PasswordHash != checkedHash) return null;
        if (betterHash is not null) UserRepository.ReplacePassword(work, session.UserId, checkedHash, betterHash);
        var opened = session with
        {
            Id = work.Insert(InsertSql, new
            {
                userId = session.UserId,
                userAgent = session.Device.UserAgent,
                address = session.Device.Address,
                createdAt = session.CreatedAt.ToDb(),
                lastUsedAt = session.LastUsedAt.ToDb(),
                expiresAt = session.ExpiresAt.ToDb(),
            }),
        };
        AddToken(work, opened, secret);
        return new OpenedSession(opened, EndSurplus(work, session.UserId, maxPerUser, session.CreatedAt));
    });

    /// <summary>
    /// Exchanges a refresh token for its successor; a token that was used before ends its session, unless the exchange is only repeated.
    /// </summary>
    public Task<RenewalResult> Renew(RefreshSecret presented, RefreshSecret next, DateTimeOffset now, SessionRules rules) =>
        store.Write(work =>
        {
            if (FindToken(work, presented) is not { } token || Find(work, token.SessionId) is not { } session)
            {
                return new RenewalResult(Renewal.Refused, null, null);
            }
            var (outcome, after) = session.Renew(token, token.UsedAt is null ? null : FindToken(work, next), now, rules);
            if (outcome == Renewal.Refused) return new RenewalResult(outcome, after, null);
            if (outcome == Renewal.Repeated) return new RenewalResult(outcome, after, UserRepository.Find(work, after.UserId).Now());
            Update(work, after);
            if (outcome == Renewal.Reused) return new RenewalResult(outcome, after, null);
            work.Execute("UPDATE refresh_tokens SET used_at = @now WHERE hash = @hash", new { now = now.ToDb(), hash = presented.Hash });
            AddToken(work, after, next);
            return new RenewalResult(outcome, after, UserRepository.Find(work, after.UserId).Now());
        });

    /// <summary>The session of a refresh token, used or not, and whether it is open; null when there is no such token.</summary>
    public ValueTask<(long Id, bool IsOpen)?> FindSession(RefreshSecret presented, DateTimeOffset now, CancellationToken ct) =>
        store.Read(async read => await read.First<KnownRow>(KnownSql, new { hash = presented.Hash, now = now.ToDb() }) is { } row
            ? (row.Id, row.IsOpen > 0)
            : ((long, bool)?)null, ct);

    /// <summary>A user's open session; null when it has ended.</summary>
    public ValueTask<OpenSession?> FindOpen(long userId, long sessionId, DateTimeOffset now, CancellationToken ct) =>
        store.Read(async read => await read.First<OpenRow>(OpenSql, new { id = sessionId, userId, now = now.ToDb() }) is { } row
            ? new OpenSession(row.Id, row.Username, DbTime.FromDb(row.CreatedAt), DbTime.FromDb(row.ExpiresAt))
            : null, ct);

    /// <summary>A user's open sessions, the newest sign-in first.</summary>
    /// <param name="before">Only those with a smaller id.</param>
    public ValueTask<List<Session>> FindActive(long userId, long before, int limit, DateTimeOffset now, CancellationToken ct) =>
        store.Read(async read => (await read
            .Query<Row>(ActiveSql, new { userId, before, limit, now = now.ToDb() }))
            .ConvertAll(row => row.ToSession()), ct);

    /// <summary>Ends one session of a user; false if the user has no such open session.</summary>
    public Task<bool> End(long userId, long sessionId, DateTimeOffset now) =>
        store.Write(work => work.Execute(EndOneSql, new { id = sessionId, userId, now = now.ToDb() }) == 1);

    /// <summary>Ends the session of a refresh token, used or not.</summary>
    /// <returns>It; null if there is no such token, or its session had ended.</returns>
    public Task<Session?> End(RefreshSecret presented, DateTimeOffset now) => store.Write(work =>
        FindToken(work, presented) is { } token && Find(work, token.SessionId) is { } session
            && work.Execute(EndOneSql, new { id = session.Id, userId = session.UserId, now = now.ToDb() }) == 1
            ? session
            : null);

    /// <summary>Ends all sessions of a user.</summary>
    /// <returns>The ids of those that were open.</returns>
    public Task<List<long>> EndAll(long userId, DateTimeOffset now) => store.Write(work => EndAll(work, userId, now));

    /// <inheritdoc cref="EndAll(long, DateTimeOffset)"/>
    public static List<long> EndAll(UnitOfWork work, long userId, DateTimeOffset now) => EndAll(work, userId, NoSession, now);

    /// <summary>Changes a user's password and ends all their sessions except the one of this request.</summary>
    /// <param name="also">What happens with it.</param>
    /// <returns>The ids of the ended sessions; null if another change came first.</returns>
    public Task<List<long>?> ChangePassword(
        long userId, string oldHash, string newHash, long keep, DateTimeOffset now, Action<UnitOfWork>? also = null) =>
        store.Write(work =>
        {
            if (!UserRepository.ReplacePassword(work, userId, oldHash, newHash)) return null;
            also?.Invoke(work);
            return EndAll(work, userId, keep, now);
        });

    /// <summary>The sessions that were ended after a time, and when.</summary>
    public ValueTask<List<(long Id, DateTimeOffset EndedAt)>> FindEndedSince(DateTimeOffset moment, CancellationToken ct) =>
        store.Read(async read => (await read
            .Query<EndedRow>("SELECT id AS Id, ended_at AS EndedAt FROM sessions WHERE ended_at > @moment", new { moment = moment.ToDb() }))
            .ConvertAll(row => (row.Id, DbTime.FromDb(row.EndedAt))), ct);

    /// <summary>Deletes expired data, in short transactions so that callers do not wait long.</summary>
    /// <param name="endedBefore">Sessions that were ended earlier are deleted; their access tokens must have expired by then.</param>
    /// <returns>The number of deleted sessions and tokens.</returns>
    public async Task<int> DeleteOld(DateTimeOffset now, DateTimeOffset endedBefore, CancellationToken ct) =>
        await DeleteInChunks(DeleteExpiredSql, now, ct) + await DeleteInChunks(DeleteEndedSql, endedBefore, ct)
        + await DeleteInChunks(DeleteTokensSql, now, ct);

    private async Task<int> DeleteInChunks(DialectSql sql, DateTimeOffset moment, CancellationToken ct)
    {
        const int chunk = 500;
        var total = 0;
        while (!ct.IsCancellationRequested)
        {
            var deleted = await store.Write(work => work.Execute(sql, new { moment = moment.ToDb(), chunk }));
            total += deleted;
            if (deleted < chunk) break;
        }
        return total;
    }

    private static List<long> EndSurplus(UnitOfWork work, long userId, int max, DateTimeOffset now)
    {
        var surplus = work.Query<long>(SurplusSql, new { userId, max, now = now.ToDb() });
        if (surplus.Count > 0) work.Execute(EndUpToSql, new { userId, newest = surplus[0], now = now.ToDb() });
        return surplus;
    }

    private static List<long> EndAll(UnitOfWork work, long userId, long except, DateTimeOffset now)
    {
        var parameters = new { userId, except, now = now.ToDb() };
        var open = work.Query<long>($"SELECT id FROM sessions WHERE {OthersSql}", parameters);
        work.Execute($"UPDATE sessions SET ended_at = @now WHERE {OthersSql}", parameters);
        return open;
    }

    private static void AddToken(UnitOfWork work, Session session, RefreshSecret secret) => work.Execute(
        "INSERT INTO refresh_tokens (hash, session_id, expires_at, used_at) VALUES (@hash, @sessionId, @expiresAt, NULL)",
        new { hash = secret.Hash, sessionId = session.Id, expiresAt = session.ExpiresAt.ToDb() });

    private static void Update(UnitOfWork work, Session session) => work.Execute(
        "UPDATE sessions SET last_used_at = @lastUsedAt, expires_at = @expiresAt, ended_at = @endedAt WHERE id = @id", new
        {
            id = session.Id,
            lastUsedAt = session.LastUsedAt.ToDb(),
            expiresAt = session.ExpiresAt.ToDb(),
            endedAt = session.EndedAt?.ToDb(),
        });

    private static Session? Find(UnitOfWork read, long id) =>
        read.First<Row>($"SELECT {Columns} FROM sessions WHERE id = @id", new { id })?.ToSession();

    private static RefreshToken? FindToken(UnitOfWork read, RefreshSecret secret) => read.First<TokenRow>(
        "SELECT session_id AS SessionId, expires_at AS ExpiresAt, used_at AS UsedAt FROM refresh_tokens WHERE hash = @hash",
        new { hash = secret.Hash })?.ToToken();

    private sealed record Row(
        long Id, long UserId, string? UserAgent, string? Address, long CreatedAt, long LastUsedAt, long ExpiresAt, long? EndedAt)
    {
        public Session ToSession() => new(
            Id, UserId, new Device(UserAgent, Address), DbTime.FromDb(CreatedAt), DbTime.FromDb(LastUsedAt), DbTime.FromDb(ExpiresAt),
            DbTime.FromDb(EndedAt));
    }

    private sealed record TokenRow(long SessionId, long ExpiresAt, long? UsedAt)
    {
        public RefreshToken ToToken() => new(SessionId, DbTime.FromDb(ExpiresAt), DbTime.FromDb(UsedAt));
    }

    private sealed record OpenRow(long Id, string Username, long CreatedAt, long ExpiresAt);

    private sealed record KnownRow(long Id, long IsOpen);

    private sealed record EndedRow(long Id, long EndedAt);
}

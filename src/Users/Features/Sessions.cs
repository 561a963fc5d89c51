using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <param name="IpAddress">The address of the sign-in.</param>
/// <param name="Current">Whether it is the session of this request.</param>
internal sealed record SessionResponse(
    long Id, string? UserAgent, string? IpAddress, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt,
    bool Current);

internal sealed record SessionsResponse(IReadOnlyList<SessionResponse> Sessions, string? NextCursor);

internal static class Sessions
{
    public static async Task<Ok<SessionsResponse>> List(
        [AsParameters] CursorQuery query, Caller caller, SessionRepository sessions, TimeProvider time, CancellationToken ct)
    {
        var size = Paging.Limit(query.Limit);
        var found = await sessions.FindActive(caller.UserId, PlaceOf(query.Place()), size + 1, time.GetUtcNow(), ct);
        var current = AccessTokens.SessionOf(caller);
        var page = found.Take(size).Select(session => View(session, current)).ToList();
        var next = found.Count > size ? Paging.Cursor(page[^1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return TypedResults.Ok(new SessionsResponse(page, next));
    }

    public static async Task<NoContent> End(long id, Caller caller, SessionRepository sessions, AccessTokens tokens, TimeProvider time)
    {
        tokens.ThrowIfNotRevocable();
        var ended = await sessions.End(caller.UserId, id, time.GetDbNow());
        if (!ended) throw AppError.NotFound("session_not_found", "There is no such open session.");
        await tokens.Revoke([id]);
        return TypedResults.NoContent();
    }

    private static long PlaceOf(string? cursor)
    {
        if (Paging.Place(cursor, "cursor") is not { Length: > 0 } place) return long.MaxValue;
        return long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw AppError.Invalid("cursor", "Is not a cursor of this list.");
    }

    private static SessionResponse View(Session session, long current) => new(
        session.Id, session.Device.UserAgent, session.Device.Address, session.CreatedAt, session.LastUsedAt, session.ExpiresAt,
        session.Id == current);
}

using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A device that is signed in.</summary>
/// <param name="Id">For <c>DELETE /auth/sessions/{id}</c>.</param>
/// <param name="UserAgent">What the device called itself; null if it did not.</param>
/// <param name="IpAddress">The address of the sign-in; null if unknown.</param>
/// <param name="CreatedAt">When it signed in.</param>
/// <param name="LastUsedAt">When it last renewed its tokens.</param>
/// <param name="ExpiresAt">When it ends unless it renews its tokens.</param>
/// <param name="Current">Whether it is the session of this request.</param>
internal sealed record SessionResponse(
    long Id, string? UserAgent, string? IpAddress, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt,
    bool Current);

/// <summary>A page of the devices that are signed in.</summary>
/// <param name="Sessions">The sessions of this page.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last one.</param>
internal sealed record SessionsResponse(IReadOnlyList<SessionResponse> Sessions, string? NextCursor);

internal static class ListSessions
{
    public static async Task<Ok<SessionsResponse>> Handle(
        [AsParameters] CursorQuery query, Caller caller, SessionRepository sessions, TimeProvider time, CancellationToken ct)
    {
        var size = Paging.Limit(query.Limit);
        var found = await sessions.FindActive(caller.UserId, PlaceOf(query.Place()), size + 1, time.GetUtcNow(), ct);
        var current = AccessTokens.SessionOf(caller);
        var page = found.Take(size).Select(session => View(session, current)).ToList();
        var next = found.Count > size ? Paging.Cursor(page[^1].Id.ToString(CultureInfo.InvariantCulture)) : null;
        return TypedResults.Ok(new SessionsResponse(page, next));
    }

    private static long PlaceOf(SentCursor cursor)
    {
        if (cursor.Read() is not { Length: > 0 } place) return long.MaxValue;
        return long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw cursor.NotOfThisList();
    }

    private static SessionResponse View(Session session, long current) => new(
        session.Id, Shown(session.Device.UserAgent), session.Device.Address, session.CreatedAt, session.LastUsedAt, session.ExpiresAt,
        session.Id == current);

    /// <summary>As a program calls itself; nothing in it writes to a terminal, or turns what stands beside it.</summary>
    private static string? Shown(string? userAgent) => DisplayText.Clean(userAgent ?? "") is { Length: > 0 } clean ? clean : null;
}

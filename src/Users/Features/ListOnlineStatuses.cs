using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Users.Features;

/// <summary>Several statuses at one point in time.</summary>
/// <param name="Statuses">Those of the users that exist, each once, in the order of the request.</param>
/// <param name="LastEventId">Pass it to the online-status stream to continue from exactly this point.</param>
internal sealed record OnlineStatusesView(IReadOnlyList<OnlineStatusView> Statuses, string LastEventId);

/// <summary><c>GET /online-status?user_ids=</c>: the existing users, each once, in the order of the request.</summary>
internal static class ListOnlineStatuses
{
    public static async Task<Ok<OnlineStatusesView>> Handle(
        [FromQuery(Name = UserIds.Field)] string[] userIds, Caller caller, PresenceStore presence, CancellationToken ct)
    {
        var wanted = UserIds.Distinct(UserIds.Parse(userIds));
        var snapshot = await presence.Find(caller.UserId, wanted, ct);
        var found = snapshot.Statuses.ToDictionary(status => status.UserId);
        return TypedResults.Ok(new OnlineStatusesView(
            wanted.Where(found.ContainsKey).Select(id => OnlineStatusView.From(found[id], snapshot.Own)).ToList(),
            new VersionedId(PresenceStream.IdName, caller.UserId, snapshot.Version).ToString()));
    }
}

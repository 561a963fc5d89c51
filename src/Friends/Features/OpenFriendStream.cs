using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Friends.Storage;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;

namespace BigTech.Friends.Features;

/// <summary><c>GET /friends/stream</c>: changes of the caller's friends and requests as Server-Sent Events.</summary>
internal static class OpenFriendStream
{
    public static Task Handle(
        HttpContext http, Caller caller, FriendLists lists, FriendProfiles profiles, FriendFeed feed, StreamRegistry registry) =>
        new FriendStream(http, caller, lists, profiles, feed, registry).Run();
}

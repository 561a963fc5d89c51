using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Contracts;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Users;
using BigTech.Friends.Features;
using BigTech.Friends.Remote;
using BigTech.Friends.Storage;
using BigTech.Friends.Streaming;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static BigTech.Friends.Views.FriendErrors;

namespace BigTech.Friends;

/// <summary>The Friend context: friend requests, friendships, blocks.</summary>
public static class FriendsModule
{
    /// <summary>Needs an <see cref="IUserDirectory"/>, an <see cref="IUserSearch"/> and an <see cref="IPresenceDirectory"/>.</summary>
    /// <param name="dataDirectory">An existing folder for the database.</param>
    /// <exception cref="SettingException">A setting of the section <c>Friends</c> is invalid.</exception>
    public static IServiceCollection AddFriends(this IServiceCollection services, IConfiguration config, string dataDirectory)
    {
        var options = OptionsBinding.Bind<FriendsOptions>(config, "Friends");
        services.AddStore(config, FriendsDatabase.Name, dataDirectory, typeof(FriendsModule).Assembly, options.WriterQueue, Outbox.For);
        services.AddSingleton(provider => new RequiredStore(Store(provider)));
        services.AddSingleton(provider => new PublishedTopic(Topics.Friend, Store(provider)));
        services.AddSingleton(options);
        services.AddSingleton<FriendLimits>();
        services.AddSingleton<RelationStore>();
        services.AddSingleton<FriendLists>();
        services.AddSingleton<IFriendDirectory, FriendDirectory>();
        services.AddSingleton<FriendProfiles>();
        services.AddSingleton<FriendFeed>();
        services.AddSingleton<IFriendshipPublisher>(provider => provider.GetRequiredService<FriendFeed>());
        services.AddHostedService(provider => provider.GetRequiredService<FriendFeed>());
        services.AddSingleton(FriendsExamples.Values);
        services.AddSingleton(new ApiTag("Friends", "Friends, requests and blocks, live too."));
        // Beside AddApiDescription: the generator adds the doc comments of the project that contains the call.
        services.AddOpenApi();
        return services.AddJsonTypes(FriendsJson.Default);
    }

    /// <summary>Registers the context's HTTP client, for processes that do not run it.</summary>
    /// <param name="service">The context's name in error messages.</param>
    /// <exception cref="SettingException">The section <c>Services</c> has no address for it.</exception>
    public static IServiceCollection AddFriendsClient(this IServiceCollection services, string service, ServicesOptions options)
    {
        var addresses = options.AddressesOf(nameof(ServicesOptions.Friends));
        return services.AddSingleton<IFriendDirectory>(provider => new FriendsClient(new ServiceClient(
            service, addresses, options, provider.GetRequiredService<ILogger<ServiceClient>>())));
    }

    /// <summary>Maps the context's endpoints.</summary>
    public static void MapFriends(this IEndpointRouteBuilder app)
    {
        var friends = app.MapGroup("/friends").WithTags("Friends").RequireAuthorization()
            .DescribeParameter("friend_id", "The id of the friend.")
            .DescribeParameter("target_user_id", "The user who received the request.")
            .DescribeParameter("request_id", "The id of the request.")
            .DescribeParameter("requester_user_id", "The user who sent the request.")
            .DescribeParameter("user_id", "The id of the user.");
        MapFriendships(friends);
        MapRequests(friends);
        MapBlocks(friends);
        app.MapPost(FriendInternalEndpoints.FriendsPath, FriendInternalEndpoints.HandleFriends).RequireService();
    }

    private static void MapFriendships(RouteGroupBuilder friends)
    {
        friends.MapGet("", ListFriends.Handle).Describe("ListFriends", "My friends, the newest friendship first");
        friends.MapGet("/list", ListFriends.Handle).Describe("ListMyFriends", "My friends; another path of the same list");
        friends.MapGet("/search", SearchFriends.Handle)
            .Describe("SearchFriends", "My friends by username, display name or its initial consonants", SearchLimits.TooMany(2));
        friends.MapDelete("/{friend_id:long}", EndFriendship.Handle)
            .Describe("EndFriendship", "End a friendship; the id is the friend's", Self(), NotFriends());
        friends.MapGet("/stream", OpenFriendStream.Handle).Describe("StreamFriends", "Changes of my friends and requests (SSE)")
            .AcceptTicket().AcceptBrowserSession().AnswersStream<FriendStreamEvent>();
    }

    private static void MapRequests(RouteGroupBuilder friends)
    {
        AppError[] answered = [RequestNotFound(), NotTheAddressee(), NotPending()];
        friends.MapPost("/request", SendRequest.Handle)
            .Describe("SendFriendRequest", "Ask a user to be friends; accepts their request when they have asked already",
                Self(), UserNotFound(), Blocked(), RequestPending(), AlreadyFriends());
        friends.MapDelete("/request/{target_user_id:long}", CancelRequest.Handle)
            .Describe("CancelFriendRequest", "Take my request back", Self(), RequestNotFound(), NotTheRequester(), NotPending());
        friends.MapGet("/requests", ListRequests.Handle).Describe("ListFriendRequests", "My open requests, sent and received");
        friends.MapGet("/requests/pending", ListPendingRequests.Handle)
            .Describe("ListPendingFriendRequests", "Requests that wait for my answer");
        friends.MapPost("/accept", AcceptRequest.Handle)
            .Describe("AcceptFriendRequest", "Accept a request; the body names it or its sender", [Self(), .. answered]);
        friends.MapPost("/reject", RejectRequest.Handle)
            .Describe("RejectFriendRequest", "Reject a request; the body names it or its sender", [Self(), .. answered]);
        friends.MapPost("/{request_id:long}/accept", AcceptRequest.HandleById)
            .Describe("AcceptFriendRequestById", "Accept a request", answered);
        friends.MapPost("/{request_id:long}/reject", RejectRequest.HandleById)
            .Describe("RejectFriendRequestById", "Reject a request", answered);
        friends.MapPut("/status/{requester_user_id:long}", AnswerRequest.Handle)
            .Describe("AnswerFriendRequest", "Accept or reject a user's request", [Self(), .. answered]);
    }

    private static void MapBlocks(RouteGroupBuilder friends)
    {
        friends.MapPost("/block", BlockUser.Handle)
            .Describe("BlockUser", "Block a user, friend or not; ends what is between us", Self(), UserNotFound());
        friends.MapDelete("/unblock/{user_id:long}", UnblockUser.Handle).Describe("UnblockUser", "Lift my block", Self(), NotBlocked());
        friends.MapGet("/blocked", ListBlocked.Handle).Describe("ListBlockedUsers", "Whom I have blocked, newest first");
    }

    private static Store Store(IServiceProvider provider) => provider.GetRequiredKeyedService<Store>(FriendsDatabase.Name);
}

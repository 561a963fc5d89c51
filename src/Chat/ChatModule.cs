using System.Diagnostics.Metrics;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.BuildingBlocks.Web.Telemetry;
using BigTech.Chat.Features;
using BigTech.Chat.Messages;
using BigTech.Chat.Remote;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Mongo;
using BigTech.Chat.Streaming;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static BigTech.Chat.ChatErrors;

namespace BigTech.Chat;

/// <summary>The Chat context: rooms, members, messages, read state, live streams.</summary>
public static class ChatModule
{
    private const string RoomId = "room_id";
    private const string RoomText = "The id of the room.";
    private const string MessageText = "The id of the message.";

    /// <summary>The name of a room's id and of a message's in one path: OpenAPI identifies a path by its shape.</summary>
    private const string SharedId = "id";

    /// <summary>Registers the context.</summary>
    /// <param name="dataDirectory">An existing folder for the embedded store.</param>
    /// <exception cref="SettingException">A setting of the section <c>Chat</c> or <c>Mongo</c> is invalid.</exception>
    public static IServiceCollection AddChat(this IServiceCollection services, IConfiguration config, string dataDirectory)
    {
        var options = OptionsBinding.Bind<ChatOptions>(config, "Chat");
        services.AddStore(config, ChatDatabase.Name, dataDirectory, typeof(ChatModule).Assembly, options.WriterQueue, Outbox.For);
        services.AddSingleton(provider =>
        {
            var rooms = new RoomCache(options.CacheMegabytes * 1024L * 1024);
            provider.GetRequiredService<IMeterFactory>().Create(Meters.Name).CreateObservableUpDownCounter(
                "bigtech.chat.room_cache.size", () => rooms.Bytes, "By", "Estimated memory of the rooms that are kept.");
            return rooms;
        });
        services.AddSingleton<RoomHub>();
        services.AddSingleton<IRoomPublisher>(provider => provider.GetRequiredService<RoomHub>());
        services.AddMessages(options.MessageStore, config);
        services.AddSingleton(provider => new ChatUserReadModel(
            Store(provider), provider.GetRequiredService<IUserDirectory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ChatStore(
            Store(provider), provider.GetRequiredService<IMessages>(), provider.GetRequiredService<RoomCache>(),
            provider.GetRequiredService<IRoomPublisher>(),
            provider.GetRequiredService<ChatUserReadModel>()));
        services.AddSingleton<TypingIndicators>();
        services.AddSingleton<RoomAccess>();
        services.AddSingleton(provider => new ChatLimits(provider.GetRequiredService<IRequestLimiter>(), options));
        services.AddSingleton<RoomViews>();
        services.AddSingleton<RoomReplay>();
        services.AddHostedService<GapRepair>();
        services.AddHostedService<ReplicaEventFollower>();
        services.AddSingleton<RoomErasure>();
        services.AddHostedService(provider => provider.GetRequiredService<RoomErasure>());
        services.AddSingleton(provider => BlockedPairs.Load(Store(provider)));
        services.AddSingleton(provider => PrivacyRules.Load(Store(provider)));
        services.AddSingleton<FriendshipChecks>();
        services.AddSingleton(provider =>
        {
            // Checks its settings and its driver at startup, not with the first message.
            provider.GetRequiredService<IMessages>();
            // Subscribes to the other replicas' typing signals at startup.
            provider.GetRequiredService<TypingIndicators>();
            return new RequiredStore(Store(provider));
        });
        services.AddSingleton(provider => new PublishedTopic(Topics.Chat, Store(provider)));
        services.AddSingleton(provider => new PublishedTopic(Topics.Message, Store(provider)));
        services.AddSingleton(provider =>
        {
            var (users, privacy) = (provider.GetRequiredService<ChatUserReadModel>(), provider.GetRequiredService<PrivacyRules>());
            return new Subscription(ChatDatabase.Name, Topics.User, Store(provider))
                .On<UserRegistered>(users.On)
                .On<UserProfileUpdated>((e, work) =>
                {
                    users.On(e, work);
                    privacy.On(e, work);
                });
        });
        services.AddSingleton(provider => new Subscription(ChatDatabase.Name, Topics.Friend, Store(provider))
            .On<UserBlocked>(provider.GetRequiredService<BlockedPairs>().On)
            .On<UserUnblocked>(provider.GetRequiredService<BlockedPairs>().On));
        services.AddSingleton(new ApiTag("Rooms", "1:1 rooms and groups: members and their roles, invite links, pins."));
        services.AddSingleton(ChatExamples.Values);
        services.AddSingleton(new ApiTag("Messages", "Messages, reactions and read positions, live too."));
        // Beside AddApiDescription: the generator adds the doc comments of the project that contains the call.
        services.AddOpenApi();
        return services.AddJsonTypes(ChatJson.Default);
    }

    /// <summary>Registers what other contexts of this process ask the context, where it is the only process with it.</summary>
    public static IServiceCollection AddLocalRoomViewers(this IServiceCollection services) =>
        services.AddSingleton<IRoomViewers, RoomViewers>();

    /// <summary>Registers the same for other processes, over HTTP.</summary>
    /// <param name="service">The context's name in error messages.</param>
    /// <exception cref="SettingException">The section <c>Services</c> does not contain its address.</exception>
    public static IServiceCollection AddRemoteRoomViewers(this IServiceCollection services, string service, ServicesOptions options)
    {
        var addresses = options.AddressesOf(nameof(ServicesOptions.Chat));
        return services.AddSingleton<IRoomViewers>(provider => new RoomViewersClient(new ServiceClient(
            service, addresses, options, provider.GetRequiredService<ILogger<ServiceClient>>())));
    }

    /// <summary>Maps the context's endpoints.</summary>
    public static void MapChat(this IEndpointRouteBuilder app)
    {
        MapRooms(app.MapGroup("/chat-rooms").WithTags("Rooms").RequireAuthorization().WithMetadata(new IsAboutRoom(RoomId))
            .DescribeParameter(RoomId, RoomText).DescribeParameter("participant_id", "The id of the other user.")
            .DescribeParameter("user_id", "The id of the member.").DescribeParameter("link_id", "The id of the link."));
        app.MapPost("/invite-links/{code}/join", JoinByLink.Handle).WithTags("Rooms").RequireAuthorization()
            .DescribeParameter("code", "The code of the link.")
            .Describe("JoinByLink", "Join a group by a link; a member gets the room as it is",
                LinkNotFound(), CallerWasRemoved(), Blocked(), RoomFull());
        var messages = app.MapGroup("/messages").WithTags("Messages").RequireAuthorization()
            .WithMetadata(new IsAboutRoom(RoomId, SharedId)).DescribeParameter(RoomId, RoomText)
            .DescribeParameter(SharedId, MessageText).DescribeParameter("message_id", MessageText);
        MapMessages(messages);
        MapMessageChanges(messages);
        app.MapPost(ChatInternalEndpoints.RoomViewersPath, ChatInternalEndpoints.HandleRoomViewers).RequireService();
    }

    private static void MapRooms(RouteGroupBuilder rooms)
    {
        rooms.MapGet("", ListRooms.Handle).Describe("ListRooms", "My rooms, latest activity first");
        rooms.MapPost("", CreateRoom.Handle).Describe("CreateRoom", "Create a group, or open a 1:1 room",
            Self(), UserNotFound(), Blocked(), NotAllowedByPrivacy(43));
        rooms.MapGet("/check/{participant_id:long}", OpenDirectRoom.Handle)
            .Describe("OpenDirectRoom", "The 1:1 room with a user, created if there is none",
                Self(), UserNotFound(), Blocked(), NotAllowedByPrivacy(43))
            .HasSideEffects();

        var room = rooms.MapGroup("").Refuses(RoomNotFound(), NotAMember());
        room.MapGet("/{room_id:long}", GetRoom.Handle).Describe("GetRoom", "One of my rooms");
        room.MapPut("/{room_id:long}", RenameRoom.Handle).Describe("RenameRoom", "Give a group another name", NotAGroup(), NotAnAdmin());
        room.MapDelete("/{room_id:long}", DeleteRoom.Handle)
            .Describe("DeleteRoom", "Delete my group, with everything that was written in it", NotAGroup(), NotTheOwner());
        room.MapPost("/{room_id:long}/members", AddMembers.Handle).Describe("AddMembers", "Bring users into a group",
            NotAGroup(), Blocked(), NotAllowedByPrivacy(43), OthersWereRemoved());
        room.MapPut("/{room_id:long}/members/{user_id:long}", ChangeRole.Handle)
            .Describe("ChangeRole", "Give a member of my group another role, or my own",
                NotAGroup(), NotTheOwner(), MemberNotFound(), OwnerNeeded());
        room.MapDelete("/{room_id:long}/members/{user_id:long}", RemoveMember.Handle)
            .Describe("RemoveMember", "Leave a group, or remove a member", NotAGroup(), NotAnAdmin(), Outranked(), MemberNotFound());
        room.MapGet("/{room_id:long}/pins", ListPins.Handle).Describe("ListPins", "The pinned messages of a room, newest pin first");
        room.MapPost("/{room_id:long}/invite-links", CreateInviteLink.Handle)
            .Describe("CreateInviteLink", "Create a link by which its holders join my group",
                NotAGroup(), NotAnAdmin(), TooManyOpenLinks());
        room.MapGet("/{room_id:long}/invite-links", ListInviteLinks.Handle)
            .Describe("ListInviteLinks", "The open links of my group, newest first", NotAGroup(), NotAnAdmin());
        room.MapDelete("/{room_id:long}/invite-links/{link_id:long}", RevokeInviteLink.Handle)
            .Describe("RevokeInviteLink", "Revoke a link of my group", NotAGroup(), NotAnAdmin(), LinkNotFound());
        room.MapPost("/{room_id:long}/typing", ShowTyping.Handle)
            .Describe("ShowTyping", "Show the others for some seconds that I am typing", Blocked(), NotAllowedByPrivacy(43));
    }

    private static void MapMessages(RouteGroupBuilder group)
    {
        var messages = group.MapGroup("").Refuses(RoomNotFound(), NotAMember());
        AppError[] refused = [Blocked(), NotAllowedByPrivacy(43), ClientMessageIdReused()];
        messages.MapPost("/{id:long}", SendMessage.Handle).DescribeParameter(SharedId, RoomText)
            .Describe("SendMessage", "Send a message", refused);
        messages.MapPost("", SendMessage.HandleWithoutPath)
            .Describe("SendMessageToRoom", "Send a message; the body names the room", refused);
        messages.MapGet("/{id:long}", ReadHistory.Handle).DescribeParameter(SharedId, RoomText)
            .Describe("ReadHistory", "Messages of a room, newest first");
        messages.MapGet("", ReadHistory.HandleWithoutPath)
            .Describe("ReadHistoryOfRoom", "Messages of a room, newest first; the query names the room");
        messages.MapPost("/read", MarkMessagesRead.Handle).Describe("MarkRead", "Move my read position forward", MessageNotFound());
        messages.MapGet("/room/{room_id:long}/unread-count", GetUnreadCount.Handle)
            .Describe("GetUnreadCount", "How many messages of a room I have not read");
        messages.MapGet("/stream/{room_id:long}", OpenRoomStream.Handle)
            .Describe("StreamRoom", "Live changes of a room (SSE)").AcceptTicket().AcceptBrowserSession().AnswersStream<RoomStreamEvent>();
        group.MapGet("/stream", OpenUserStream.Handle)
            .Describe("StreamAllRooms", "Live changes of all my rooms (SSE)").AcceptTicket().AcceptBrowserSession()
            .AnswersStream<RoomStreamEvent>();
    }

    private static void MapMessageChanges(RouteGroupBuilder group)
    {
        var messages = group.MapGroup("").Refuses(MessageNotFound(), NotAMember());
        AppError[] edited = [NotTheEditor(), MessageDeleted(), Blocked(), NotAllowedByPrivacy(43)];
        messages.MapPatch("/{id:guid}", EditMessage.Handle).Describe("EditMessage", "Change my message", edited);
        messages.MapPut("/{id:guid}", EditMessage.Handle).Describe("ReplaceMessage", "Change my message", edited);
        messages.MapDelete("/{id:guid}", DeleteMessage.Handle)
            .Describe("DeleteMessage", "Delete my message, or as an admin any", NotTheDeleter());

        messages.MapPost("/{message_id:guid}/reactions", AddReaction.Handle).Describe("AddReaction", "Put an emoji on a message",
            MessageDeleted(), TooManyReactions(), Blocked(), NotAllowedByPrivacy(43));
        messages.MapDelete("/{message_id:guid}/reactions", RemoveReaction.Handle).Describe("RemoveReaction", "Take my emoji back");
        messages.MapPost("/{message_id:guid}/pin", PinMessage.Handle).Describe("PinMessage", "Keep a message in sight of its room",
            MessageDeleted(), TooManyPins(), Blocked(), NotAllowedByPrivacy(43));
        messages.MapDelete("/{message_id:guid}/pin", UnpinMessage.Handle)
            .Describe("UnpinMessage", "Pin a message no longer", Blocked(), NotAllowedByPrivacy(43));
    }

    private static void AddMessages(this IServiceCollection services, string store, IConfiguration config)
    {
        if (store == "sql")
        {
            services.AddSingleton<IMessages>(provider => new SqlMessages(Store(provider)));
            return;
        }
        services.AddDocuments(config).AddSingleton(MessageDocuments.MigrationTable);
        services.AddSingleton<IMessages, MongoMessages>();
    }

    private static Store Store(IServiceProvider provider) => provider.GetRequiredKeyedService<Store>(ChatDatabase.Name);
}

using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Users;
using BigTech.Notifications.Consumers;
using BigTech.Notifications.Features;
using BigTech.Notifications.Jobs;
using BigTech.Notifications.Storage;
using BigTech.Notifications.Streaming;
using BigTech.Notifications.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BigTech.Notifications;

/// <summary>The Notification context: notifications, their streams and preferences.</summary>
public static class NotificationsModule
{
    /// <summary>Registers the context. Needs an <see cref="IUserDirectory"/> and an <see cref="IRoomViewers"/>.</summary>
    /// <param name="dataDirectory">An existing folder for the database.</param>
    /// <exception cref="SettingException">A setting of the section <c>Notifications</c> or <c>Mongo</c> is invalid.</exception>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration config, string dataDirectory)
    {
        var options = OptionsBinding.Bind<NotificationsOptions>(config, "Notifications");
        services.AddStore(
            config, NotificationsDatabase.Name, dataDirectory, typeof(NotificationsModule).Assembly, options.WriterQueue, Outbox.For);
        services.AddSingleton(provider =>
        {
            // Created now, so that wrong settings or a missing driver fail at startup.
            provider.GetRequiredService<INotifications>();
            return new RequiredStore(Store(provider));
        });
        services.AddSingleton(provider => new PublishedTopic(Topics.Notification, Store(provider)));
        services.AddSingleton(Options.Create(options));
        services.AddSingleton<NotificationHub>();
        services.AddSingleton<INotificationPublisher>(provider => provider.GetRequiredService<NotificationHub>());
        services.AddStore(options.Store, config);
        services.AddSingleton<NotificationFeed>();
        services.AddSingleton(provider => new NotificationUserReadModel(
            Store(provider), provider.GetRequiredService<IUserDirectory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<NotificationsHousekeeping>(provider, Store(provider)));
        AddConsumers(services, TimeSpan.FromMilliseconds(options.CollapseMilliseconds));
        services.AddSingleton(NotificationsExamples.Values);
        services.AddSingleton(new ApiTag("Notifications", "What has happened for the user, live too, and what they want to be told of."));
        // Beside AddApiDescription: the generator adds the doc comments of the project that contains the call.
        services.AddOpenApi();
        return services.AddJsonTypes(NotificationsJson.Default);
    }

    /// <summary>Maps the context's endpoints.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder app)
    {
        var notifications = app.MapGroup("/notifications").WithTags("Notifications").RequireAuthorization();
        notifications.MapGet("", ListNotifications.Handle).Describe("ListNotifications", "My notifications, newest first");
        notifications.MapGet("/unread-count", CountUnreadNotifications.Handle)
            .Describe("CountUnreadNotifications", "How many I have not read");
        notifications.MapPost("/read", MarkNotificationsRead.Handle)
            .Describe("ReadNotifications", "Mark some or all of mine as read");
        notifications.MapGet("/stream", OpenNotificationStream.Handle)
            .Describe("StreamNotifications", "Live changes of my notifications (SSE)")
            .AcceptTicket().AcceptBrowserSession().AnswersStream<NotificationStreamEvent>();
        notifications.MapGet("/preferences", GetNotificationPreferences.Handle)
            .Describe("GetNotificationPreferences", "What I want to be told of, and when");
        notifications.MapPut("/preferences", SetNotificationPreferences.Handle)
            .Describe("SetNotificationPreferences", "Say what I want to be told of; what is left out goes back to its default",
                SetNotificationPreferences.NotAMember(), SetNotificationPreferences.RoomNotFound());
    }

    private static void AddStore(this IServiceCollection services, string store, IConfiguration config)
    {
        if (store == "sql")
        {
            services.AddSingleton<INotifications>(provider => new SqlNotifications(Store(provider)));
            return;
        }
        services.AddDocuments(config).AddSingleton(NotificationDocuments.MigrationTable);
        services.AddSingleton<MongoNotifications>();
        services.AddSingleton<INotifications>(provider => provider.GetRequiredService<MongoNotifications>());
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<MongoProjection>(provider, Store(provider)));
    }

    private static void AddConsumers(IServiceCollection services, TimeSpan pace)
    {
        services.AddSingleton<FriendEventHandler>();
        services.AddSingleton<RoomEventHandler>();
        services.AddSingleton<MessageEventHandler>();
        services.AddSingleton<MessageNotifier>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DeferredEventTimeout>(provider, Store(provider)));
        services.AddSingleton(provider => new Subscription(NotificationsDatabase.Name, Topics.User, Store(provider))
            .On<UserRegistered>(provider.GetRequiredService<NotificationUserReadModel>().On)
            .On<UserProfileUpdated>(provider.GetRequiredService<NotificationUserReadModel>().On));
        services.AddSingleton(provider => new Subscription(NotificationsDatabase.Name, Topics.Friend, Store(provider))
            .InBatches(provider.GetRequiredService<FriendEventHandler>().Prepare));
        services.AddSingleton(provider => new Subscription(NotificationsDatabase.Name, Topics.Chat, Store(provider))
            .InBatches(provider.GetRequiredService<RoomEventHandler>().Prepare));
        services.AddSingleton(provider => new Subscription(NotificationsDatabase.Name, Topics.Message, Store(provider)) { Pace = pace }
            .InBatches(provider.GetRequiredService<MessageEventHandler>().Prepare));
    }

    private static Store Store(IServiceProvider provider) => provider.GetRequiredKeyedService<Store>(NotificationsDatabase.Name);
}

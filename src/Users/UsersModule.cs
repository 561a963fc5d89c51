using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Redis;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Contracts;
using BigTech.Contracts.Friends;
using BigTech.Contracts.Users;
using BigTech.Users.Domain;
using BigTech.Users.Features;
using BigTech.Users.Jobs;
using BigTech.Users.Mailing;
using BigTech.Users.Passwords;
using BigTech.Users.Presence;
using BigTech.Users.Remote;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static BigTech.Users.Features.AccountErrors;

namespace BigTech.Users;

/// <summary>The User context: accounts, sign-in, sessions, profiles, search, presence.</summary>
public static class UsersModule
{
    /// <summary>An example of how long one waits after failed sign-ins.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    private const string AuthTag = "Auth";
    private const string UsersTag = "Users";
    private const string ProfileTag = "Profile";
    private const string PresenceTag = "Presence";

    /// <summary>Registers the context. Needs Redis, bearer authentication, JSON and a <see cref="TimeProvider"/>.</summary>
    /// <param name="dataDirectory">An existing folder for the database and the signing keys.</param>
    /// <exception cref="SettingException">A setting of the sections <c>Users</c> or <c>Presence</c> is invalid.</exception>
    public static IServiceCollection AddUsers(this IServiceCollection services, IConfiguration config, string dataDirectory)
    {
        var options = OptionsBinding.Bind<UsersOptions>(config, "Users");
        services.AddSingleton(options);
        services.AddStore(config, UsersDatabase.Name, dataDirectory, typeof(UsersModule).Assembly, options.WriterQueue, Outbox.For);
        services.AddSingleton(provider => new RequiredStore(Store(provider)));
        services.AddSingleton(provider => new PublishedTopic(Topics.User, Store(provider)));
        services.AddSingleton(provider => new PublishedTopic(Topics.OnlineStatus, Store(provider)));
        services.AddSingleton<UserRepository>();
        services.AddSingleton<SessionRepository>();
        services.AddSingleton<UserSearch>();
        services.AddSingleton(provider => new SearchLimits(
            provider.GetRequiredService<IRequestLimiter>(), RateLimit.PerMinute("search", "searches", options.SearchesPerMinute),
            options.SearchesAtOnce, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IUserDirectory, UserDirectory>();
        services.AddSingleton<IUserSearch>(provider => provider.GetRequiredService<UserSearch>());
        services.AddSingleton(provider => new Subscription(UsersDatabase.Name, Topics.Friend, Store(provider))
            .On<FriendRequestAccepted>(provider.GetRequiredService<FriendshipReadModel>().On)
            .On<FriendDeleted>(provider.GetRequiredService<FriendshipReadModel>().On)
            .On<UserBlocked>(provider.GetRequiredService<FriendshipReadModel>().On)
            .On<UserUnblocked>(provider.GetRequiredService<FriendshipReadModel>().On));
        services.AddSignIn(config, options, dataDirectory);
        services.AddMail(config, options, dataDirectory);
        services.AddPresence(config);
        services.AddHostedService<RevocationPublisher>();
        services.AddHostedService<UsersHousekeeping>();
        services.AddHostedService<SearchIndexer>();
        services.AddSingleton(UsersExamples.Values);
        services.AddSingleton(new ApiTag(AuthTag, "Registration, sign-in, sessions, passwords, and what opens streams."));
        services.AddSingleton(new ApiTag(UsersTag, "Other users: profiles and search; who may reach the caller."));
        services.AddSingleton(new ApiTag(ProfileTag, "The caller's own profile."));
        services.AddSingleton(new ApiTag(PresenceTag, "Who is online, live too."));
        // Beside AddApiDescription: the generator adds the doc comments of the project that contains the call.
        services.AddOpenApi();
        services.AddJsonTypes(UsersJson.Default);
        return services;
    }

    /// <summary>Registers the context's HTTP client and its public keys, for processes that do not run it.</summary>
    /// <param name="service">The context's name in error messages.</param>
    /// <exception cref="SettingException">The section <c>Services</c> has no address for it.</exception>
    public static IServiceCollection AddUsersClient(
        this IServiceCollection services, string service, IConfiguration config, ServicesOptions options)
    {
        services.AddPresenceLeases(config);
        var addresses = options.AddressesOf(nameof(ServicesOptions.Users));
        services.AddSingleton(provider => new UsersClient(new ServiceClient(
            service, addresses, options, provider.GetRequiredService<ILogger<ServiceClient>>())));
        services.AddSingleton<IUserDirectory>(provider => provider.GetRequiredService<UsersClient>());
        services.AddSingleton<IUserSearch>(provider => provider.GetRequiredService<UsersClient>());
        services.AddSingleton<IPresenceDirectory>(provider => provider.GetRequiredService<UsersClient>());
        services.AddSingleton<IBrowserSessions>(provider => provider.GetRequiredService<UsersClient>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<JwksClient>(provider, addresses));
        services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<JwksClient>());
        return services.AddHostedService(provider => provider.GetRequiredService<JwksClient>());
    }

    /// <summary>Maps the context's endpoints.</summary>
    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        MapSignIn(app.MapGroup("/auth").WithTags(AuthTag).AllowAnonymous());
        MapSessions(app.MapGroup("/auth").WithTags(AuthTag).RequireAuthorization());
        MapLookUps(app.MapGroup("/users").WithTags(UsersTag).RequireAuthorization());
        MapProfile(app.MapGroup("/profile").WithTags(ProfileTag).RequireAuthorization());
        MapPresence(app.MapGroup("/online-status").WithTags(PresenceTag).RequireAuthorization());
        app.MapGet("/.well-known/jwks.json", GetPublicKeys.Handle).AllowAnonymous().WithTags(AuthTag)
            .Describe("GetPublicKeys", "The public keys that verify access tokens (JWKS)").Produces(200);
        MapForServices(app.MapGroup("").RequireService());
        // A gateway counts a browser's requests by its user.
        app.MapPost(UserInternalEndpoints.BrowserSessionPath, UserInternalEndpoints.HandleBrowserSession).RequireService(orGateway: true);
    }

    private static void MapForServices(RouteGroupBuilder services)
    {
        services.MapPost(UserInternalEndpoints.UsersPath, UserInternalEndpoints.HandleUsers);
        services.MapPost(UserInternalEndpoints.SearchPath, UserInternalEndpoints.HandleSearch);
        services.MapPost(UserInternalEndpoints.PresencePath, UserInternalEndpoints.HandlePresence);
    }

    private static void AddSignIn(this IServiceCollection services, IConfiguration config, UsersOptions options, string dataDirectory)
    {
        var throttle = new ThrottleRules(
            options.FreeLoginFailures, options.LockAfterFailures, TimeSpan.FromMinutes(options.LockMinutes),
            options.AddressFailures, TimeSpan.FromMinutes(options.AddressMinutes));
        services.AddSingleton(throttle);
        if (RedisOptions.IsSet(config)) services.AddSingleton<ILoginThrottle, RedisLoginThrottle>();
        else services.AddSingleton<ILoginThrottle, LoginThrottle>();
        services.AddSingleton(provider => new PasswordHashPool(
            options.PasswordWorkers, new HashQueueRules(
                TimeSpan.FromSeconds(options.PasswordQueueSeconds), options.WaitingSignInsPerNetwork, options.WaitingSignUpsPerNetwork),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccountLimits>();
        services.AddSingleton<SignUpMonitor>();
        services.AddHostedService<SignUpReport>();
        services.AddSingleton(new PasswordHashing(options.PasswordIterations));
        services.AddSingleton<PasswordVerifier>();
        services.AddSingleton(provider => new DeviceTokens(
            provider.GetRequiredService<ServerKey>().For("device tokens"), TimeSpan.FromDays(options.DeviceTokenDays),
            provider.GetRequiredService<TimeProvider>()));
        var keys = options.KeysDirectory ?? Path.Combine(dataDirectory, "keys");
        services.AddSingleton(new SessionRules(
            options.RefreshTokenLifetime, TimeSpan.FromDays(options.SessionDays), TimeSpan.FromSeconds(options.RefreshGraceSeconds),
            options.MaxSessionsPerUser));
        services.AddSingleton(_ => new ServerKey(keys));
        services.AddSingleton(provider => new SigningKeys(
            keys,
            new KeySchedule(TimeSpan.FromDays(options.KeyRotationDays), options.AccessTokenLifetime),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SigningKeys>>()));
        services.AddSingleton<IVerificationKeys>(provider => provider.GetRequiredService<SigningKeys>());
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<IBrowserSessions>(provider => provider.GetRequiredService<BrowserSessions>());
    }

    /// <summary>The outbox of mails and its way: a mail server, or files, which replicas without a folder in common do not have.</summary>
    private static void AddMail(this IServiceCollection services, IConfiguration config, UsersOptions users, string dataDirectory)
    {
        var options = OptionsBinding.Bind<MailOptions>(config, "Mail");
        var isOn = options.HasServer || !RedisOptions.IsSet(config);
        if (users.RequireVerifiedEmail && !isOn)
        {
            throw new SettingException("Users:RequireVerifiedEmail needs mails: set Mail:SmtpHost where replicas share Redis.");
        }
        services.AddSingleton(options);
        services.AddSingleton<MailWriter>();
        services.AddSingleton(provider => new MailOutbox(
            Store(provider), () => provider.GetRequiredService<ServerKey>().For("mailed codes"),
            new MailRules(options.Attempts, 2 * options.Timeout + TimeSpan.FromMinutes(1)),
            provider.GetRequiredService<TimeProvider>(), isOn));
        services.AddSingleton<AddressRepository>();
        services.AddSingleton<IsFirstVisit>(provider =>
        {
            var repository = provider.GetRequiredService<UserRepository>();
            return async ct => !users.RequireVerifiedEmail && !await repository.Any(ct);
        });
        services.AddSingleton<MailRequests>();
        if (options.HasServer)
        {
            var password = options.ReadPassword();
            services.AddSingleton<IMailTransport>(
                provider => new SmtpTransport(options, password, provider.GetRequiredService<MailWriter>()));
        }
        else
        {
            services.AddSingleton<IMailTransport>(provider => ActivatorUtilities.CreateInstance<FileTransport>(
                provider, Path.Combine(Path.GetFullPath(dataDirectory), FileTransport.FolderName)));
        }
        if (!isOn) return;
        services.AddHostedService<MailSender>();
        services.AddHostedService<MailGauges>();
    }

    private static void AddPresence(this IServiceCollection services, IConfiguration config)
    {
        services.AddPresenceLeases(config);
        services.AddSingleton<PresenceHub>();
        services.AddSingleton<FriendshipReadModel>();
        services.AddSingleton<PresenceStore>();
        services.AddSingleton<IPresenceDirectory>(provider => provider.GetRequiredService<PresenceStore>());
        services.AddHostedService<PresenceCheckpoint>();
        if (RedisOptions.IsSet(config))
        {
            AddOnline<ClusterPresenceService>(services);
        }
        else
        {
            AddOnline<LocalPresenceService>(services)
                .AddSingleton<IStreamObserver>(provider => provider.GetRequiredService<LocalPresenceService>());
        }
    }

    /// <summary>Reports the open streams of this process to the replicas of this context, if Redis is configured.</summary>
    private static void AddPresenceLeases(this IServiceCollection services, IConfiguration config)
    {
        services.AddSingleton(OptionsBinding.Bind<PresenceOptions>(config, "Presence"));
        if (!RedisOptions.IsSet(config)) return;
        services.AddSingleton<RedisPresenceTracker>();
        services.AddSingleton<PresenceLeases>();
        services.AddSingleton<IStreamObserver>(provider => provider.GetRequiredService<PresenceLeases>());
        services.AddHostedService(provider => provider.GetRequiredService<PresenceLeases>());
    }

    private static IServiceCollection AddOnline<T>(IServiceCollection services) where T : class, IPresenceService, IHostedService =>
        services
        .AddSingleton<T>()
        .AddSingleton<IPresenceService>(provider => provider.GetRequiredService<T>())
        .AddHostedService(provider => provider.GetRequiredService<T>());

    private static void MapSignIn(RouteGroupBuilder auth)
    {
        auth.DescribeParameter(
            DeviceCookie.Header, "The device_token of the last sign-in: failed sign-ins of others do not lock this device out.");
        AppError[] refused = [InvalidCredentials(), EmailNotVerified(), PasswordVerifier.SlowDown(Wait), PasswordVerifier.Locked(Wait)];
        auth.MapPost("/register", Register.Handle).AddEndpointFilter<CountSignUps>().AddEndpointFilter<SignInHeaders>()
            .Describe("Register", "Make an account; 202 where it exists only after its address is verified", EmailTaken(), UsernameTaken());
        auth.MapPost("/login", Login.Handle).AddEndpointFilter<SignInHeaders>().Accepts<LoginRequest>("application/json", Login.FormType)
            .Describe("Login",
                "Sign in with JSON, or with the OAuth2 password form (its username is the e-mail address); the device_token of the last "
                + "sign-in, sent as X-Device-Token or as its cookie, keeps others from locking this device out",
                [.. refused, MalformedForm()]);
        auth.MapPost("/login/json", Login.HandleJson).AddEndpointFilter<SignInHeaders>()
            .Describe("LoginWithJson", "Sign in with JSON; X-Device-Token as for POST /auth/login", refused);
        auth.MapPost("/refresh", RefreshSession.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("RefreshSession",
                "Exchange a refresh token for new tokens; repeated at once it gives the same refresh token, and later it ends its session",
                InvalidRefreshToken(), RefreshTokenReused());
        auth.MapPost("/password/forgot", ForgotPassword.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("ForgotPassword",
                "Ask for a mail with a code for a new password; the answer does not say whether there is an account", MailUnavailable());
        auth.MapPost("/password/reset", ResetPassword.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("ResetPassword", "Choose a new password with the code of a mail; all sessions end, and every lock of the account",
                UnknownToken());
        auth.MapPost("/email/verify", VerifyEmail.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("VerifyEmail", "Verify an e-mail address with the code of a mail",
                UnknownToken(), EmailTaken(), UsernameTaken(), PasswordRequired(), WrongPassword(), PasswordVerifier.SlowDown(Wait),
                PasswordVerifier.Locked(Wait));
        auth.MapPost("/email/resend", ResendVerification.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("ResendVerification",
                "Ask for another mail with a code that verifies an address; the answer does not say whether there is something to verify",
                MailUnavailable());
        auth.MapDelete("/browser-session", CloseBrowserSession.Handle)
            .Describe("CloseBrowserSession", "Remove that cookie from this browser; its session goes on");
    }

    private static void MapSessions(RouteGroupBuilder auth)
    {
        auth.DescribeParameter("id", "The id of the session.");
        auth.MapPost("/logout", Logout.Handle).AcceptOtherProof()
            .Describe("Logout", "End this session, by its access token or by a refresh_token alone");
        auth.MapPost("/logout-all", LogoutEverywhere.Handle).Describe("LogoutEverywhere", "End all sessions of the caller");
        auth.MapGet("/sessions", ListSessions.Handle).Describe("ListSessions", "The caller's open sessions, the newest sign-in first");
        auth.MapDelete("/sessions/{id:long}", EndSession.Handle).Describe("EndSession", "End one session of the caller", SessionNotFound());
        auth.MapPut("/password", ChangePassword.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("ChangePassword", "Change the password; the other sessions end",
                UserNotFound(), WrongPassword(), PasswordChanged(), PasswordVerifier.SlowDown(Wait), PasswordVerifier.Locked(Wait));
        auth.MapPut("/email", ChangeEmail.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("ChangeEmail", "Ask for another e-mail address; it counts when it is verified",
                UserNotFound(), WrongPassword(), MailUnavailable(), PasswordVerifier.SlowDown(Wait), PasswordVerifier.Locked(Wait));
        auth.MapPost("/stream-ticket", IssueStreamTicket.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("IssueStreamTicket", "A one-use ticket that opens a stream where no header can be set");
        auth.MapPost("/browser-session", OpenBrowserSession.Handle).AddEndpointFilter<SignInHeaders>()
            .Describe("OpenBrowserSession",
                "Set a cookie that opens streams in this browser (an EventSource withCredentials), nothing else; it ends with its session");
    }

    private static void MapLookUps(RouteGroupBuilder users)
    {
        users.DescribeParameter("id", "The id of the user.").DescribeParameter(UserIds.Field, UserIds.Text);
        users.MapGet("", ListUsers.Handle).Describe("ListUsers", "Users by id: user_ids=1,2,3, at most 100");
        users.MapPost("/batch", ListUsers.HandleBatch).Describe("BatchUsers", "Users by id, at most 100");
        users.MapGet("/search", SearchUsers.Handle)
            .Describe("SearchUsers",
                "Users by username, display name, its initial consonants, or exact e-mail address; total_count stops at 1,000, where the "
                + "results end",
                SearchLimits.TooMany(2));
        users.MapGet("/{id:long}", GetUser.Handle).Describe("GetUser", "A user's public profile", UserNotFound());
        users.MapGet("/me/privacy", GetMyPrivacy.Handle).Describe("GetMyPrivacy", "Who may reach the caller, and how");
        users.MapPut("/me/privacy", ChangeMyPrivacy.Handle)
            .Describe("ChangeMyPrivacy", "Change what is given of the caller's privacy settings");
        users.MapGet("/{id:long}/exists", CheckUserExists.Handle).Describe("UserExists", "Whether there is such a user");
    }

    private static void MapProfile(RouteGroupBuilder profile)
    {
        // Two paths of one resource; each operation needs its own name.
        foreach (var (path, suffix) in new[] { ("/me", ""), ("", "Short") })
        {
            profile.MapGet(path, GetMyProfile.Handle).Describe($"GetMyProfile{suffix}", "The caller's profile");
            profile.MapPatch(path, ChangeMyProfile.Handle)
                .Describe($"ChangeMyProfile{suffix}", "Change what is given of the caller's profile");
            // Clients of the API that this one follows send one field by PUT and expect the others to stay.
            profile.MapPut(path, ChangeMyProfile.Handle)
                .Describe($"PutMyProfile{suffix}", "The same by another method: what is not given stays");
        }
    }

    private static void MapPresence(RouteGroupBuilder presence)
    {
        presence.DescribeParameter("user_id", "The id of the user.").DescribeParameter(UserIds.Field, UserIds.Text);
        presence.MapGet("", ListOnlineStatuses.Handle)
            .Describe("ListOnlineStatuses", "Who of these is online: user_ids=1,2,3, at most 100");
        presence.MapGet("/{user_id:long}", GetOnlineStatus.Handle)
            .Describe("GetOnlineStatus", "Whether a user is online; friends only", UserNotFound());
        presence.MapGet("/me", GetMyOnlineStatus.Handle)
            .Describe("GetMyOnlineStatus", "The caller as their friends see them, and whether they are invisible");
        presence.MapPut("/me", SetMyVisibility.Handle)
            .Describe("SetMyVisibility", "Become invisible, or visible again");
        presence.MapPost("/heartbeat", SendHeartbeat.Handle)
            .Describe("SendHeartbeat", "Stay online for a minute without an open stream");
        presence.MapGet("/stream", OpenPresenceStream.Handle).Describe("StreamOnlineStatuses", "Changes of my friends' presence (SSE)")
            .AcceptTicket().AcceptBrowserSession().AnswersStream<PresenceStreamEvent>();
    }

    private static Store Store(IServiceProvider provider) => provider.GetRequiredKeyedService<Store>(UsersDatabase.Name);
}

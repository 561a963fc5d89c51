using BigTech.Contracts;

// Deliberate violations: every rule is run over these too, and must report them.
namespace Planted
{
    /// <summary>Public, and not a module.</summary>
    public static class PublicThing;
}

namespace Planted.Features
{
    internal sealed class ReachesIntoAnotherContext
    {
        public static void Reach(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder app) => BigTech.Chat.ChatModule.MapChat(app);
    }

    internal sealed class UsesAPackageOfItsOwn
    {
        public static string? Use() => Mono.Cecil.Cil.OpCodes.Nop.ToString();
    }

    internal sealed class Feature;
}

namespace Planted.Domain
{
    internal sealed class Pure
    {
        public int Value { get; init; }
    }

    internal sealed class KnowsHttp
    {
        public List<Microsoft.AspNetCore.Http.HttpContext> Requests { get; } = [];
    }

    internal sealed class KnowsSqlInsideAMethod
    {
        public static string State(object something) => ((System.Data.Common.DbConnection)something).ConnectionString;
    }

    internal sealed class KnowsJsonByAnAttribute
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public int Value { get; init; }
    }

    internal sealed class KnowsABuildingBlockInsideALambda
    {
        public static Func<Exception> Refuse() => static () => BigTech.BuildingBlocks.Core.AppError.NotFound("a", "b");
    }

    internal sealed class KnowsItsFeatures
    {
        public Planted.Features.Feature? Feature { get; init; }
    }
}

namespace Planted.BuildingBlocks
{
    internal sealed class KnowsAContext
    {
        public object? Module { get; } = typeof(BigTech.Users.UsersModule);
    }

    internal sealed class KnowsTheEventsOfAContext
    {
        public string Name { get; } = BigTech.Contracts.Chat.MessageSent.WireName;
    }
}

namespace Planted.Http
{
    internal sealed class AsksAsTheEnvironmentSays
    {
        public static HttpClient Plain() => new();

        public static HttpMessageHandler Handler() => new SocketsHttpHandler();
    }
}

namespace Planted.Events
{
    internal sealed record NamedByItsClass(long Id) : IIntegrationEvent
    {
        public static string WireName => "Planted.Events.NamedByItsClass";
        public static string Topic => Topics.Chat;
        string IIntegrationEvent.Key => "";
    }

    internal sealed record WithoutATopic(long Id) : IIntegrationEvent
    {
        public static string WireName => "bigtech.planted.WithoutATopic.v1";
        public static string Topic => "planted.events";
        string IIntegrationEvent.Key => "";
    }

    internal sealed record WithATakenName(long Id) : IIntegrationEvent
    {
        public static string WireName => "bigtech.planted.WithoutATopic.v1";
        public static string Topic => Topics.Chat;
        string IIntegrationEvent.Key => "";
    }
}

namespace Planted.Cycle.A
{
    internal sealed class First(Planted.Cycle.B.Second second)
    {
        public object Next { get; } = second;
    }
}

namespace Planted.Cycle.B
{
    internal sealed class Second
    {
        public object Next { get; } = new Planted.Cycle.C.Third();
    }
}

namespace Planted.Cycle.C
{
    internal sealed class Third
    {
        public Planted.Cycle.A.First? Next { get; init; }
    }
}

namespace Planted.Context
{
    internal static class PlantedModule
    {
        public static object Compose() => new Planted.Context.Features.Feature();
    }
}

namespace Planted.Context.Domain
{
    internal sealed class KnowsTheModule
    {
        public object Value { get; } = Planted.Context.PlantedModule.Compose();
    }
}

namespace Planted.Context.Storage
{
    internal sealed class KnowsAFeature
    {
        public Planted.Context.Features.Feature? Value { get; init; }
    }
}

namespace Planted.Context.Features
{
    internal sealed class Feature
    {
        public static string Query() => "SELECT id FROM rooms";
    }

    internal sealed class KnowsAConsumer(Planted.Context.Consumers.Consumer consumer)
    {
        public object Value { get; } = consumer;
    }
}

namespace Planted.Context.Consumers
{
    internal sealed class Consumer;
}

namespace Planted.Context.Cellar
{
    internal sealed class Hidden;
}

using BigTech.Contracts;
using Mono.Cecil;

namespace BigTech.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly string GoldenFiles = Path.Combine(Repository.Root, "tests", "Unit", "Contracts", "Golden");

    /// <summary>The framework's generator emits code with the doc comments of endpoints, in every project that has endpoints.</summary>
    private const string GeneratedCode = "Microsoft.AspNetCore.OpenApi.Generated";

    private static readonly string[] UsedByGeneratedCode = ["Microsoft.AspNetCore.OpenApi", "Microsoft.OpenApi"];

    /// <summary>A document store writes its own queries, as a row store writes SQL.</summary>
    private static readonly string[] UsedByStorage = ["MongoDB.Driver", "MongoDB.Bson"];

    /// <summary>What writes mails and hands them on.</summary>
    private static readonly string[] UsedByMailing = ["MailKit", "MimeKit"];

    /// <summary>Each building block with those that it uses.</summary>
    private static readonly Dictionary<string, string[]> BlocksBelow = new()
    {
        ["Core"] = [],
        ["Storage"] = ["Core"],
        ["Redis"] = ["Core"],
        ["Streaming"] = ["Core"],
        ["Events"] = ["Core", "Storage"],
        ["Web"] = ["Core", "Redis", "Streaming"],
    };

    private static readonly string[] KnowHttp = ["Streaming", "Web"];

    [Fact]
    public void The_contexts_are_found()
    {
        Product.Assemblies.Count.ShouldBeGreaterThanOrEqualTo(6);
        Product.Contexts.Count.ShouldBeGreaterThanOrEqualTo(2);
        Product.Contexts.ShouldNotContain(context => Product.BuildingBlockNames.Contains(context.Name.Name));
        Product.BuildingBlockNames.ShouldBe(BlocksBelow.Keys, ignoreOrder: true);
        Product.Framework.ShouldContain("System.Runtime");
        Product.Framework.ShouldContain("Microsoft.AspNetCore.Http");
    }

    [Fact]
    public void A_context_uses_the_contracts_the_read_models_the_building_blocks_and_the_framework()
    {
        Judged(Product.Contexts.SelectMany(Types))
            .SelectMany(type => Rules.ForeignAssemblies(
                type.Module.Assembly, [type], Rules.IsStorage(type) ? UsedByStorage : Rules.IsMailing(type) ? UsedByMailing : []))
            .ShouldBeEmpty();
        Product.Contexts.SelectMany(context => context.MainModule.AssemblyReferences.Select(reference => reference.Name))
            .Where(
                name => name is not ("Contracts" or "ReadModels") && !Product.BuildingBlockNames.Contains(name)
                    && !Product.Framework.Contains(name))
            .Except([.. UsedByGeneratedCode, .. UsedByStorage, .. UsedByMailing])
            .ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_of_a_context_is_public_but_its_module()
    {
        Rules.PublicTypes(Judged(Product.Contexts.SelectMany(Types))).ShouldBeEmpty();
        foreach (var context in Product.Contexts)
        {
            Types(context).Count(type => type.IsPublic).ShouldBe(1, context.Name.Name);
        }
    }

    [Fact]
    public void A_domain_knows_nothing_of_http_sql_and_json() =>
        Rules.ImpureDomain(Judged(Product.Contexts.SelectMany(Types).Where(Rules.IsDomain))).ShouldBeEmpty();

    [Fact]
    public void The_contracts_use_nothing_of_the_product() => Rules.OwnAssemblies(Product.Contracts).ShouldBeEmpty();

    [Fact]
    public void The_client_uses_nothing_of_the_product() => Rules.OwnAssemblies(Product.Client).ShouldBeEmpty();

    [Fact]
    public void The_read_models_use_the_contracts_and_the_storage() =>
        Rules.OwnAssemblies(Product.Assemblies.Single(assembly => assembly.Name.Name == "ReadModels"))
            .ShouldBe(["ReadModels -> Contracts", "ReadModels -> Storage"], ignoreOrder: true);

    [Fact]
    public void The_building_blocks_know_no_context() =>
        Rules.KnownContexts(Judged(Product.BuildingBlocks.SelectMany(Types))).ShouldBeEmpty();

    [Fact]
    public void The_building_blocks_have_an_order()
    {
        foreach (var (block, uses) in BlocksBelow)
        {
            Block(block).MainModule.AssemblyReferences.Select(reference => reference.Name).Where(Product.BuildingBlockNames.Contains)
                .ShouldBe(uses, ignoreOrder: true, block);
        }
    }

    [Fact]
    public void No_namespaces_depend_on_each_other()
    {
        // The modules compose their contexts: they know every part, and no part knows them.
        var parts = Judged(Product.Assemblies.SelectMany(OwnTypes).Where(type => !type.Name.EndsWith("Module", StringComparison.Ordinal)));
        Rules.NamespaceCycles(parts).ShouldBeEmpty();
    }

    [Fact]
    public void The_layers_of_a_context_have_an_order() =>
        Rules.LayerViolations(Judged(Product.Contexts.SelectMany(OwnTypes))).ShouldBeEmpty();

    [Fact]
    public void Sql_is_in_storage() => Rules.SqlOutsideStorage(Judged(Product.Contexts.SelectMany(Types))).ShouldBeEmpty();

    [Fact]
    public void Planted_layers_in_the_wrong_order_are_caught() =>
        Rules.LayerViolations(
            Judged(Types(Product.Tests).Where(type => type.Namespace.StartsWith("Planted.Context", StringComparison.Ordinal)))).ShouldBe(
            [
                "Planted.Context.Cellar.Hidden is in no layer",
                "Planted.Context.Domain.KnowsTheModule -> Planted.Context.PlantedModule",
                "Planted.Context.Storage.KnowsAFeature -> Planted.Context.Features.Feature",
                "Planted.Context.Features.KnowsAConsumer -> Planted.Context.Consumers.Consumer",
            ], ignoreOrder: true);

    [Fact]
    public void Planted_sql_in_a_feature_is_caught() =>
        Rules.SqlOutsideStorage(Planted("Planted.Context.Features")).ShouldBe(["Planted.Context.Features.Feature.Query"]);

    [Fact]
    public void Http_is_known_to_streams_and_the_web_only() =>
        Rules.Mentions(
            Judged(BlocksBelow.Keys.Except(KnowHttp).SelectMany(block => Types(Block(block)))), "Microsoft.AspNetCore").ShouldBeEmpty();

    [Fact]
    public void The_core_knows_no_driver()
    {
        var packages = Block("Core").MainModule.AssemblyReferences.Select(reference => reference.Name);
        packages.Where(name => !Product.Framework.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void A_planted_cycle_of_namespaces_is_caught() =>
        Rules.NamespaceCycles(
            Judged(Types(Product.Tests).Where(type => type.Namespace.StartsWith("Planted.Cycle", StringComparison.Ordinal))))
            .ShouldBe(["Planted.Cycle.A -> Planted.Cycle.B -> Planted.Cycle.C -> Planted.Cycle.A"]);

    [Fact]
    public void A_planted_use_of_http_is_caught() =>
        Rules.Mentions(Planted("Planted.Domain"), "Microsoft.AspNetCore")
            .ShouldContain(line => line.StartsWith("Planted.Domain.KnowsHttp "));

    [Fact]
    public void Callers_over_http_go_straight_to_the_service()
    {
        Product.Assemblies.Select(assembly => assembly.Name.Name).ShouldContain("Gateway");
        Rules.HttpOfTheirOwn(Judged(Product.Assemblies.Where(assembly => assembly != Product.Client).SelectMany(Types))).ShouldBeEmpty();
    }

    [Fact]
    public void Migrations_are_numbered_without_gaps()
    {
        var owners = Product.Contexts.Concat(Product.BuildingBlocks)
            .Select(assembly => Resources(assembly).ToList()).Where(names => names.Count > 0).ToList();
        owners.Count.ShouldBeGreaterThanOrEqualTo(3);
        owners.SelectMany(Rules.MigrationGaps).ShouldBeEmpty();
    }

    [Fact]
    public void Every_migration_file_is_embedded()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.sql", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => file[file.LastIndexOf($"{Path.DirectorySeparatorChar}Migrations{Path.DirectorySeparatorChar}",
                StringComparison.Ordinal)..])
            .Select(file => file.Replace(Path.DirectorySeparatorChar, '.'))
            .ToList();
        files.ShouldNotBeEmpty();
        var embedded = Product.Assemblies.SelectMany(Resources).ToList();
        files.Where(file => !embedded.Any(name => name.EndsWith(file, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_integration_event_is_fit_for_the_wire()
    {
        var events = EventsOf(typeof(IIntegrationEvent).Assembly).ToList();
        events.Count.ShouldBeGreaterThanOrEqualTo(9);
        Rules.UnfitEvents(events, GoldenFiles).ShouldBeEmpty();
    }

    [Fact]
    public void Every_golden_file_belongs_to_an_event()
    {
        var names = EventsOf(typeof(IIntegrationEvent).Assembly)
            .Select(type => (string)type.GetProperty("WireName")!.GetValue(null)!).ToList();
        Directory.GetFiles(GoldenFiles).Select(file => Path.GetFileNameWithoutExtension(file)).Except(names).ShouldBeEmpty();
    }

    [Fact]
    public void A_planted_reach_into_another_context_is_caught()
    {
        var violations = Rules.ForeignAssemblies(Product.Tests, Planted("Planted.Features"));
        violations.ShouldContain(line => line.Contains("ReachesIntoAnotherContext") && line.Contains("ChatModule"));
        violations.ShouldContain(line => line.Contains("UsesAPackageOfItsOwn") && line.Contains("Mono.Cecil"));
        violations.ShouldNotContain(line => line.StartsWith("Planted.Features.Feature "));
    }

    [Fact]
    public void A_planted_way_of_its_own_over_http_is_caught() =>
        Rules.HttpOfTheirOwn(Planted("Planted.Http")).ShouldBe(
            ["Planted.Http.AsksAsTheEnvironmentSays -> HttpClient", "Planted.Http.AsksAsTheEnvironmentSays -> SocketsHttpHandler"]);

    [Fact]
    public void A_planted_public_type_is_caught() =>
        Rules.PublicTypes(Planted("Planted")).ShouldBe(["Planted.PublicThing"]);

    [Theory]
    [InlineData("KnowsHttp", "HttpContext")]
    [InlineData("KnowsSqlInsideAMethod", "DbConnection")]
    [InlineData("KnowsJsonByAnAttribute", "JsonIgnoreAttribute")]
    [InlineData("KnowsABuildingBlockInsideALambda", "AppError")]
    [InlineData("KnowsItsFeatures", "Planted.Features.Feature")]
    public void A_planted_impurity_of_a_domain_is_caught(string type, string reference)
    {
        var violations = Rules.ImpureDomain(Planted("Planted.Domain"));
        violations.ShouldContain(line => line.StartsWith($"Planted.Domain.{type} ") && line.Contains(reference));
        violations.ShouldNotContain(line => line.StartsWith("Planted.Domain.Pure "));
    }

    [Fact]
    public void A_planted_use_of_the_product_is_caught() => Rules.OwnAssemblies(Product.Tests).ShouldContain("Architecture -> Chat");

    [Theory]
    [InlineData("KnowsAContext", "UsersModule")]
    [InlineData("KnowsTheEventsOfAContext", "MessageSent")]
    public void A_planted_context_in_a_building_block_is_caught(string type, string reference) =>
        Rules.KnownContexts(Planted("Planted.BuildingBlocks"))
            .ShouldContain(line => line.StartsWith($"Planted.BuildingBlocks.{type} ") && line.Contains(reference));

    [Theory]
    [InlineData("A.Storage.Migrations.0001_a.sql", "A.Storage.Migrations.0003_b.sql")]
    [InlineData("A.Storage.Migrations.0001_a.sql", "A.Storage.Migrations.0001_b.sql")]
    [InlineData("A.Storage.Migrations.0002_a.sql", "A.Storage.Migrations.0003_b.sql")]
    [InlineData("A.Storage.Migrations.0001_a.sql", "A.Storage.Migrations.2_b.sql")]
    [InlineData("A.Storage.Migrations.MySql.0001_a.sql", "A.Storage.Migrations.MySql.0003_b.sql")]
    [InlineData("A.Storage.Migrations.0001_a.sql", "A.Storage.Migrations.MySql.0002_b.sql")]
    public void A_planted_gap_of_migrations_is_caught(string first, string second)
    {
        Rules.MigrationGaps([first, second]).ShouldNotBeEmpty();
        Rules.MigrationGaps(
            ["A.Storage.Migrations.0001_a.sql", "A.Storage.Migrations.0002_b.sql",
                "A.Storage.Migrations.MySql.0001_a.sql"]).ShouldBeEmpty();
    }

    [Fact]
    public void Planted_events_are_caught()
    {
        var violations = Rules.UnfitEvents(EventsOf(typeof(ArchitectureTests).Assembly).OrderBy(type => type.Name), GoldenFiles);
        violations.ShouldContain("NamedByItsClass: Planted.Events.NamedByItsClass is not bigtech.<context>.<Name>.v<N>");
        violations.ShouldContain("NamedByItsClass: is not in EventJson");
        violations.ShouldContain("NamedByItsClass: has no golden file");
        violations.ShouldContain("WithoutATopic: planted.events is not a topic");
        violations.ShouldContain("WithoutATopic: bigtech.planted.WithoutATopic.v1 is taken");
    }

    private static IEnumerable<TypeDefinition> Types(AssemblyDefinition assembly) =>
        assembly.MainModule.Types.Where(type => type.Name != "<Module>" && type.Namespace != GeneratedCode);

    /// <summary>Without what generators add in namespaces of the framework.</summary>
    private static IEnumerable<TypeDefinition> OwnTypes(AssemblyDefinition assembly) =>
        Types(assembly).Where(type => type.Namespace.StartsWith("BigTech.", StringComparison.Ordinal));

    private static AssemblyDefinition Block(string name) => Product.BuildingBlocks.Single(assembly => assembly.Name.Name == name);

    private static IEnumerable<string> Resources(AssemblyDefinition assembly) =>
        assembly.MainModule.Resources.Select(resource => resource.Name);

    private static List<TypeDefinition> Planted(string name) => Judged(Types(Product.Tests).Where(type => type.Namespace == name));

    /// <summary>A rule that checked no type proves nothing.</summary>
    private static List<TypeDefinition> Judged(IEnumerable<TypeDefinition> types)
    {
        var list = types.ToList();
        list.ShouldNotBeEmpty();
        return list;
    }

    private static IEnumerable<Type> EventsOf(System.Reflection.Assembly assembly) =>
        assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IIntegrationEvent)));
}

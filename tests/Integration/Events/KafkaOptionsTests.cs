using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Hosting;
using BigTech.BuildingBlocks.Events.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BigTech.Tests.Integration.Events;

/// <summary>The Kafka section, and what its settings decide.</summary>
public sealed class KafkaOptionsTests
{
    [Fact]
    public void The_settings_reach_the_client()
    {
        var ca = typeof(KafkaOptionsTests).Assembly.Location;
        var config = Bind(
            ("BootstrapServers", "a:1,b:2"), ("SecurityProtocol", "SASL_SSL"), ("SaslMechanism", "SCRAM-SHA-256"), ("SaslUsername", "chat"),
            ("SaslPassword", "secret"), ("SslCaLocation", ca)).ToClientConfig().ToDictionary(setting => setting.Key,
            setting => setting.Value);

        config["bootstrap.servers"].ShouldBe("a:1,b:2");
        config["security.protocol"].ShouldBe("SASL_SSL");
        config["sasl.mechanism"].ShouldBe("SCRAM-SHA-256");
        config["sasl.username"].ShouldBe("chat");
        config["sasl.password"].ShouldBe("secret");
        config["ssl.ca.location"].ShouldBe(ca);
    }

    [Theory]
    [InlineData("SASL_PLAINTEXT", "PLAIN")]
    [InlineData("SASL_PLAINTEXT", "SCRAM-SHA-512")]
    [InlineData("SASL_SSL", "SCRAM-SHA-256")]
    [InlineData("SSL", "PLAIN")]
    [InlineData("PLAINTEXT", "PLAIN")]
    public void The_library_takes_every_way_to_sign_in(string protocol, string mechanism)
    {
        var options = Bind(
            ("BootstrapServers", "127.0.0.1:1"), ("SecurityProtocol", protocol), ("SaslMechanism", mechanism), ("SaslUsername", "u"),
            ("SaslPassword", "p"));
        var clients = new KafkaClients(options, NullLogger<KafkaClients>.Instance);

        using var producer = clients.RelayProducer();
        using var consumer = clients.Consumer("group").Build();
        using var admin = clients.Admin();
    }

    [Theory]
    [InlineData("SecurityProtocol", "TLS")]
    [InlineData("SaslMechanism", "GSSAPI")]
    [InlineData("SecurityProtocol", "SASL_SSL")]
    [InlineData("SslCaLocation", "/no/such/file.pem")]
    [InlineData("ReplicationFactor", "0")]
    [InlineData("ReplicationFactor", "-2")]
    [InlineData("ReplicationFactor", "many")]
    [InlineData("TopicPrefix", "a/b")]
    [InlineData("RelayPollMilliseconds", "0")]
    [InlineData("Servers", "a:1")]
    public void A_wrong_value_is_a_wrong_setting(string name, string value) =>
        Should.Throw<SettingException>(() => Bind(("BootstrapServers", "a:1"), (name, value))).Message.ShouldContain("Kafka");

    [Theory]
    [InlineData("127.0.0.1:1", "KafkaBus")]
    [InlineData("", "EmbeddedBus")]
    public async Task Brokers_decide_which_bus_it_is(string servers, string bus)
    {
        var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System).AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(Options.Create(new BusOptions()));
        services.AddEventBus(Config(("BootstrapServers", servers)));
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IEventBus>().GetType().Name.ShouldBe(bus);
    }

    private static KafkaOptions Bind(params (string Name, string Value)[] settings) =>
        OptionsBinding.Bind<KafkaOptions>(Config(settings), "Kafka");

    private static IConfiguration Config(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Kafka:{setting.Name}", (string?)setting.Value))).Build();
}

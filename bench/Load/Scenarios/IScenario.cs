namespace BigTech.Load.Scenarios;

/// <summary>One question that the run answers.</summary>
internal interface IScenario
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Measures, and adds figures and problems to the report.</summary>
    Task RunAsync(LoadContext context, CancellationToken cancellation);
}

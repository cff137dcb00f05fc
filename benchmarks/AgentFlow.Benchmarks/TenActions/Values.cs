namespace AgentFlow.Benchmarks.TenActions;

public sealed record Article(string Text);

public sealed record Paper(string Title);

public sealed record Headline(string Text);

public sealed record Fact(string Text);

public sealed record Digest(string Text);

public sealed record Report(string Text);

public sealed record Quality(double Score);

public sealed record Citation(string Text);

public sealed record Review(string Text);

public sealed record FinalReport(string Text);

/// <summary>
/// What the ten actions make of one another. Every value is made once, so that no body allocates, and every step insists on the very
/// values it ought to be given, so that a scheduler that mixes them up fails instead of being fast.
/// </summary>
internal static class Values
{
    public const string Topic = "solid-state batteries";

    public static readonly Task<Article> Article = Task.FromResult(new Article("article"));
    public static readonly Task<Paper[]> Papers = Task.FromResult(new Paper[] { new("paper") });
    public static readonly Task<Headline[]> News = Task.FromResult(new Headline[] { new("headline") });
    public static readonly Task<Quality> Quality = Task.FromResult(new Quality(1));
    public static readonly Task<Citation[]> Citations = Task.FromResult(new Citation[] { new("citation") });
    public static readonly Task<Review> Review = Task.FromResult(new Review("review"));
    public static readonly FinalReport Final = new("final");

    private static readonly Article s_article = Article.Result;
    private static readonly Paper[] s_papers = Papers.Result;
    private static readonly Headline[] s_news = News.Result;
    private static readonly Fact[] s_facts = [new("fact")];
    private static readonly Digest s_digest = new("digest");
    private static readonly Report s_report = new("report");
    private static readonly Quality s_quality = Quality.Result;
    private static readonly Citation[] s_citations = Citations.Result;
    private static readonly Review s_review = Review.Result;

    public static Fact[] FactsOf(Article article) => article == (object)s_article ? s_facts : throw Wrong();

    public static Digest DigestOf(Paper[] papers) => papers == s_papers ? s_digest : throw Wrong();

    public static Report ReportOf(Fact[] facts, Digest digest, Headline[] news) =>
        facts == s_facts && digest == (object)s_digest && news == s_news ? s_report : throw Wrong();

    public static T CheckOf<T>(Report report, T check) => report == (object)s_report ? check : throw Wrong();

    public static FinalReport FinalOf(Quality quality, Citation[] citations, Review review) =>
        quality == (object)s_quality && citations == s_citations && review == (object)s_review ? Final : throw Wrong();

    private static InvalidOperationException Wrong() => new("An action was given a value that is not its input.");
}
